// What downloads and uploads have in common: when to stop, and whether it was the line that held the rate back.
//
// An agent begins with few connections and takes more until the line is full. A browser has few at most, and its uploads
// pause between pieces, so it begins with all of them; where no queue is felt, half of them go on for comparison.

import { nowS } from "./clock.js";
import { driven } from "./exchange.js";
import { grew, queueFelt } from "./filling.js";

const BEFORE_QUEUE_RATIO = 0.4; // this part of a run TCP may take to fill the line's queue
const DOUBT_RATIO = 3; // so many times as long as a run lasts at least, it is waited for signs of a full line

// One direction of a run. `filled`, once it has stopped: whether the line was full. A kind of load gives `party(number)`,
// a promise of one connection; `tick(now)`; `carried`; `timeline`, once all carry data; and `keep(count)`.
export class Load {
  timeline = null;
  stopReason = null;
  endedS = null;
  filled = false;
  beganS = nowS();
  #fullS = null;
  #all = null; // what all connections came to, once half of them go on alone: {timeline, toS, nowS, reason, found}

  // `run`: {watch, ending, connections, resolutionS, underLoad}.
  constructor(point, rule, run) {
    this.point = point;
    this.rule = rule;
    this.run = run;
  }

  // Until the stop rule ends it. Throws MeasureFailure or LostError.
  async carry() {
    const parties = [];
    for (let number = 0; number < this.run.connections; number++) parties.push(this.party(number));
    await driven(this.run.watch, this.run.ending, parties, (now) => this.tick(now));
    if (this.stopReason === null) this.end("bytes", nowS());
  }

  get compares() {
    return this.#all !== null;
  }

  // The part of the run that all connections shared: {timeline, nowS, toS}; until `toS` by the timeline's clock.
  get shared() {
    return this.#all ?? { timeline: this.timeline, nowS: this.endedS };
  }

  // Ends the run if it is time. `now` is ours; `timeline` may be by another clock, and is known until `untilS`.
  look(now, untilS) {
    const bound = this.rule.reason(null, this.carried, this.beganS, now);
    const reason = bound ?? (this.timeline && this.rule.reason(this.timeline, 0, this.timeline.startS, untilS));
    if (bound || (reason && this.compares)) return this.end(reason, now);
    if (this.timeline === null || this.compares) return undefined;
    this.#fullS ??= now;
    const doubtful = untilS - this.timeline.startS >= DOUBT_RATIO * this.rule.leastS;
    if (!reason && !doubtful) return undefined;
    const full = this.#queueFelt(now);
    if (full === null && !doubtful) return undefined;
    if (full || this.run.connections === 1) return reason ? this.end(reason, now) : undefined;
    return this.#compare(reason, now, untilS);
  }

  // Nothing after this moment counts.
  end(reason, now) {
    this.stopReason = this.#all?.reason ?? reason;
    this.endedS = now;
    this.filled = this.compares ? this.#noMoreThanHalf() : this.timeline !== null && this.#queueFelt(now) === true;
  }

  // Whether all connections carried about as much as half of them do.
  #noMoreThanHalf() {
    const half = this.timeline && this.rule.estimate(this.timeline);
    return half !== null && this.#all.found !== null && !grew(half.mbitS, this.#all.found.mbitS);
  }

  // null: too early to tell.
  #queueFelt(now) {
    const fromS = this.#fullS + (now - this.#fullS) * BEFORE_QUEUE_RATIO;
    return queueFelt(this.rule.rttS, this.run.underLoad.since(fromS, now));
  }

  #compare(reason, nowS, toS) {
    this.#all = { timeline: this.timeline, toS, nowS, reason, found: this.rule.estimate(this.timeline, toS) };
    this.timeline = null;
    this.keep(Math.floor(this.run.connections / 2));
  }
}
