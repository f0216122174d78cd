// What a series of round trips comes to. Pure; mirrors agent/measuring/rtt_statistics.py. Percentiles are by nearest rank, of the
// round trips that were answered; one that so few samples can't tell is missing, not guessed.

import { ascending, decimals, mean, median } from "./statistics.js";

const ANSWERS_MIN = 5;
const TIMES = ["rtt_min_ms", "rtt_median_ms", "rtt_p95_ms", "rtt_p99_ms", "jitter_ms"];
export const SUFFIXES = [...TIMES, "loss_ratio", "samples_count"];

// Whether times can be told of these round trips in seconds, null being a lost one.
export function enoughAnswers(samplesS) {
  const answered = samplesS.filter((sample) => sample !== null).length;
  return answered > 0 && answered >= Math.min(ANSWERS_MIN, samplesS.length);
}

// {facts, missing} of round trips in seconds, of which at least one was tried.
export function latencyFacts(samplesS) {
  const enough = enoughAnswers(samplesS);
  const timesMs = samplesS.filter((sample) => sample !== null).map((sample) => sample * 1000);
  const facts = enough ? times(timesMs) : Object.fromEntries(TIMES.map((name) => [name, null]));
  facts.loss_ratio = decimals(1 - timesMs.length / samplesS.length, 4);
  facts.samples_count = samplesS.length;
  const reason = enough ? "too_few_samples" : "too_few_answers";
  const missing = {};
  for (const name of SUFFIXES) if (facts[name] === null) missing[name] = reason;
  return { facts, missing };
}

function times(timesMs) {
  const steps = timesMs.slice(1).map((later, n) => Math.abs(later - timesMs[n]));
  const sorted = ascending(timesMs);
  return {
    rtt_min_ms: decimals(sorted[0], 3),
    rtt_median_ms: decimals(median(timesMs), 3),
    rtt_p95_ms: percentileIfTold(sorted, 0.95),
    rtt_p99_ms: percentileIfTold(sorted, 0.99),
    jitter_ms: steps.length ? decimals(mean(steps), 3) : null,
  };
}

// From so many samples on the largest is more likely above than below this quantile.
function percentileIfTold(sorted, share) {
  if (sorted.length < Math.ceil(Math.log(0.5) / Math.log(share))) return null;
  return decimals(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)], 3);
}
