// From a timeline to a rate and how sure it is. Pure; mirrors agent/throughput/estimate.py, and docs/throughput.md
// explains each step and names its sources.

import { mean, variance } from "./statistics.js";

export const BATCHES_MIN = 4;
export const UNSTABLE_RATIO = 0.25; // with an interval wider than this on either side, the number says nothing
const SLICES_MAX = 60;
const BATCHES_MAX = 12;
const LEAST_HALF_WIDTH_RATIO = 0.01; // clocks, frames and shapers have a grain that repetition does not average out
const CORRELATION_MIN = -0.3, CORRELATION_MAX = 0.7;
// By degrees of freedom: the factor of a 95 % confidence interval.
const STUDENT_T_975 = { 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262, 10: 2.228, 11: 2.201 };

// {mbitS, halfWidthMbitS, steadyFromS, settled} of the timeline until `toS`, or null while too little has been seen.
// `settled`: whether a steady part was found. `leastBatchS` is how far apart two moments must lie to be independent.
export function estimate(timeline, leastBatchS, toS = timeline.endS) {
  const fromS = timeline.startS;
  const grainS = Math.max(timeline.resolutionS, (toS - fromS) / SLICES_MAX);
  const slices = Math.trunc((toS - fromS) / grainS + 1e-6);
  if (slices < BATCHES_MIN) return null;
  const leftOut = warmUp(timeline.ratesMbitS(fromS, toS, slices));
  const steadyFromS = fromS + (leftOut * (toS - fromS)) / slices;
  const longestS = Math.max(leastBatchS, timeline.resolutionS);
  const batches = Math.min(BATCHES_MAX, Math.trunc((toS - steadyFromS) / longestS + 1e-6));
  if (batches < BATCHES_MIN) return null;
  const rates = timeline.ratesMbitS(steadyFromS, toS, batches);
  const mbitS = mean(rates);
  const halfWidthMbitS = Math.max(halfWidthOf(rates), LEAST_HALF_WIDTH_RATIO * mbitS);
  return { mbitS, halfWidthMbitS, steadyFromS, settled: leftOut < Math.floor(slices / 2) };
}

// Whether the interval reaches at most `ratio` of the rate to either side.
export function within(found, ratio) {
  return found.mbitS > 0 && found.halfWidthMbitS <= ratio * found.mbitS;
}

// How many slices at the beginning do not belong to the steady part, at most half (the MSER rule).
export function warmUp(rates) {
  let best = 0, bestScore = Infinity;
  let count = 0, total = 0, squares = 0;
  for (let place = rates.length - 1; place >= 0; place--) {
    count += 1;
    total += rates[place];
    squares += rates[place] * rates[place];
    if (place > Math.floor(rates.length / 2)) continue;
    const score = Math.max(0, squares - (total * total) / count) / (count * count);
    if (score <= bestScore) [best, bestScore] = [place, score];
  }
  return best;
}

// Half the width of the 95 % confidence interval of the mean of batches, widened where neighbours resemble each other,
// narrowed where one makes up for the one before it, widened where the second half differs from the first.
export function halfWidthOf(rates) {
  const middle = mean(rates), spread = variance(rates);
  if (spread === 0) return 0;
  const products = [];
  for (let n = 1; n < rates.length; n++) products.push((rates[n - 1] - middle) * (rates[n] - middle));
  const correlation = Math.min(CORRELATION_MAX, Math.max(CORRELATION_MIN, mean(products) / spread));
  const widening = (1 + correlation) / (1 - correlation);
  const randomPart = STUDENT_T_975[rates.length - 1] * Math.sqrt((spread / rates.length) * widening);
  const half = Math.floor(rates.length / 2);
  const drift = Math.abs(mean(rates.slice(0, half)) - mean(rates.slice(-half))) / 2;
  return Math.max(randomPart, drift);
}
