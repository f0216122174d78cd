// Drives all connections of one direction: they begin together, and a bound that all share ends them together.

const TICK_MS = 20; // how often the stop rule is asked

// Until all `parties` (promises) are done. `tick(now)` is called often. Whatever goes wrong first aborts `ending`, and
// is thrown when all have ended; what the parties run into after that is only the echo of it.
export async function driven(watch, ending, parties, tick) {
  let failure = null;
  const fail = (error) => {
    if (ending.signal.aborted) return;
    failure = error;
    ending.abort();
  };
  const look = () => {
    try {
      tick(watch.look());
    } catch (error) {
      fail(error);
    }
  };
  const timer = setInterval(look, TICK_MS);
  try {
    await Promise.all(parties.map((party) => party.catch(fail)));
  } finally {
    clearInterval(timer);
  }
  if (failure) throw failure;
  watch.look();
}
