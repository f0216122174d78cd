// How the line feels while it is full: round trips per minute, and the delay that the load adds. Pure; mirrors
// agent/throughput/responsiveness.py. A round trip is {sentS, tookS}; a lost one took as long as was waited.

import { ascending, mean, median } from "./statistics.js";

const SAMPLES_MIN = 4; // fewer round trips than this say nothing about how a line feels

// The round trip of the idle line (median), or null if too few were answered.
export function idleS(idle) {
  return idle.length >= SAMPLES_MIN ? median(idle.map((trip) => trip.tookS)) : null;
}

// {rpm, addedP95Ms} from round trips sent while the line was full, or null if too few were. The mean leaves the slowest
// twentieth out, as the IETF's responsiveness measure does.
export function responsiveness(idle, loaded, steadyFromS) {
  const beforeS = idleS(idle);
  const tookS = ascending(loaded.filter((trip) => trip.sentS >= steadyFromS).map((trip) => trip.tookS));
  if (beforeS === null || tookS.length < SAMPLES_MIN) return null;
  const kept = tookS.subarray(0, Math.max(1, Math.floor(0.95 * tookS.length)));
  const slowestS = tookS[Math.ceil(0.95 * tookS.length) - 1];
  return { rpm: 60 / Math.max(mean(kept), 1e-6), addedP95Ms: Math.max(0, slowestS - beforeS) * 1000 };
}
