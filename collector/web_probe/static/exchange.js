// Drives all that goes on at once: it begins together, and a bound that all share ends it together.

const TICK_MS = 20; // how often the stop rule is asked, and the clock looked at

// Ends when `signal` does, or by itself.
export function following(signal) {
  const own = new AbortController();
  signal.addEventListener("abort", () => own.abort(), { signal: own.signal });
  if (signal.aborted) own.abort();
  return own;
}

// Until all `parties` (promises) are done. `tick(now)` is called often. Whatever goes wrong first aborts `ending`, and
// is thrown when all have ended; what the parties run into after that is only the echo of it.
export async function driven(watch, ending, parties, tick = () => {}) {
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
