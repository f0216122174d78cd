// Small requests over a connection of their own: on the idle line, and beside the load.

import { nowS, pause } from "./clock.js";
import { MeasureFailure } from "./failure.js";
import { LostError, Stopwatch } from "./point.js";

const IDLE_SAMPLES = 10;
const IDLE_S = 1; // so long the idle line is looked at, at most
const PAUSE_S = 0.01;
const LOST_S = 5; // later than this no answer is waited for; it counts as one that took so long

// Round trips while nothing else runs. Throws LostError or MeasureFailure if there is no answer.
export async function idleRoundTrips(point, signal) {
  const stopwatch = new Stopwatch(point);
  try {
    await stopwatch.roundTrip(LOST_S, signal);
    const trips = [];
    const untilS = nowS() + IDLE_S;
    while (trips.length < IDLE_SAMPLES && (trips.length < 4 || nowS() < untilS)) {
      trips.push(await stopwatch.roundTrip(LOST_S, signal));
    }
    return trips;
  } finally {
    stopwatch.close();
  }
}

// Goes on making round trips from its making until `end`.
export class RoundTripsUnderLoad {
  #over = new AbortController();
  #trips = [];
  #askedS = Infinity;
  #longestIdleS;
  #work;

  constructor(point, idle, signal) {
    this.#longestIdleS = Math.max(0, ...idle.map((trip) => trip.tookS));
    this.#work = this.#goOn(new Stopwatch(point), signal);
    this.#work.catch(() => {}); // `end` throws it
  }

  // Those sent since then, and the one under way if it has taken longer already than any of the idle line.
  since(momentS, now) {
    const found = this.#trips.filter((trip) => trip.sentS >= momentS);
    const waitedS = now - this.#askedS;
    if (this.#askedS >= momentS && waitedS > this.#longestIdleS) found.push({ sentS: this.#askedS, tookS: waitedS });
    return found;
  }

  // What was found. The round trip under way is waited for, because it was sent while the line was full.
  async end() {
    this.#over.abort();
    await this.#work;
    return this.#trips;
  }

  async #goOn(stopwatch, signal) {
    try {
      while (!this.#over.signal.aborted && (await this.#another(stopwatch, signal))) {
        await pause(PAUSE_S, this.#over.signal);
      }
    } finally {
      stopwatch.close();
    }
  }

  // Whether to go on. A request that fails is the end of it: too few round trips then say nothing.
  async #another(stopwatch, signal) {
    const sentS = (this.#askedS = nowS());
    try {
      this.#trips.push(await stopwatch.roundTrip(LOST_S, signal));
      return true;
    } catch (error) {
      if (!(error instanceof LostError || error instanceof MeasureFailure)) throw error;
      if (nowS() - sentS >= LOST_S) this.#trips.push({ sentS, tookS: LOST_S });
      return false;
    } finally {
      this.#askedS = Infinity;
    }
  }
}
