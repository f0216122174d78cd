// Whether the line is full. Pure; mirrors agent/throughput/saturation.py. A rate is the line's only if it was the line that
// held it back: small requests wait behind the load, or more connections do not carry more.

import { ascending } from "./statistics.js";

const GROWS_RATIO = 1.25;
// So much longer, and that share longer, a round trip has to take before it is the line's queue that it waits in.
const QUEUE_S = 0.01, QUEUE_RATIO = 0.2;
const TRIPS_MIN = 3;

// Whether round trips under load wait in a queue, three of four at least: what a busy device delays, it delays now and
// then. null if there are too few to tell.
export function queueFelt(idleS, trips) {
  if (trips.length < TRIPS_MIN) return null;
  const quickS = ascending(trips.map((trip) => trip.tookS))[Math.floor(trips.length / 4)];
  return quickS - idleS > Math.max(QUEUE_S, QUEUE_RATIO * idleS);
}

// Whether twice the connections carried so much more that the line can not have been full before.
export function grew(beforeMbitS, nowMbitS) {
  return nowMbitS > GROWS_RATIO * beforeMbitS;
}
