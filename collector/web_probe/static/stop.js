// When a run has seen enough. Pure; mirrors agent/throughput/stop.py.

import { estimate, within } from "./estimate.js";

const LEAST_S = 0.6; // shorter runs would not tell a burst at the start from the line's rate
const LEAST_ROUND_TRIPS = 8; // so long TCP needs to find its rate
const LEAST_BYTES = 1_000_000; // what shapers let through in a burst has to be a small part of what was seen

// Stops at the bounds of `limits` (as the policy writes them), and earlier once the estimate is sure enough.
export class StopRule {
  constructor(limits, rttS) {
    this.limits = limits;
    this.rttS = rttS; // of the idle line
    // So long the same connections carry data before anything is made of it.
    this.leastS = Math.max(LEAST_S, LEAST_ROUND_TRIPS * rttS);
  }

  // "steady", "time" or "bytes"; null: go on. `timeline` is null until all connections carry data.
  reason(timeline, carriedBytes, beganS, nowS) {
    if (carriedBytes >= this.limits.max_bytes) return "bytes";
    if (nowS - beganS >= this.limits.max_seconds) return "time";
    if (timeline === null || nowS - timeline.startS < this.leastS) return null;
    if (timeline.bytesAt(timeline.endS) < LEAST_BYTES) return null;
    const found = this.estimate(timeline, nowS);
    return found !== null && found.settled && within(found, this.limits.precision) ? "steady" : null;
  }

  // What the timeline tells until `toS` (default: its last mark). One round trip hangs together.
  estimate(timeline, toS = timeline.endS) {
    return estimate(timeline, this.rttS, toS);
  }
}
