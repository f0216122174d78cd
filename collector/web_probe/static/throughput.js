// How much the line carries in both directions, how sure that is, what it cost, and how it felt meanwhile: the facts of
// the agent's probe `throughput`. docs/web-measuring.md says what a browser does otherwise.

import { clockGrainS, nowS, Watch } from "./clock.js";
import { receivingS } from "./counts.js";
import { Download } from "./download.js";
import { UNSTABLE_RATIO, within } from "./estimate.js";
import { following } from "./exchange.js";
import { MeasureFailure } from "./failure.js";
import { GRAIN_MAX_S } from "./latency.js";
import { LostError } from "./point.js";
import { idleS, responsiveness } from "./responsiveness.js";
import { idleRoundTrips, RoundTripsUnderLoad } from "./round_trips.js";
import { decimals } from "./statistics.js";
import { StopRule } from "./stop.js";
import { MARK_S, merged } from "./timeline.js";
import { Upload } from "./upload.js";

export const PROBE = { name: "throughput", version: 2 };
const LEAST_MBIT_S = 0.05; // no line is slower; what a proxy lets trickle through while it looks at a whole download is
const CONNECTIONS_MAX = 5; // browsers open six to one server, and the round trips beside the load take one

// {facts, missing}: the idle line, then down, then up, each within `limits`. Throws MeasureFailure.
export async function throughput(point, { limits, onProgress, signal }) {
  const grainS = clockGrainS();
  onProgress("idle");
  const idle = await failing("measurement_point_away", () => idleRoundTrips(point, signal));
  const rttS = idleS(idle) ?? 0;
  const connections = Math.min(limits.connections, CONNECTIONS_MAX);
  const setting = { point, rule: new StopRule(limits, rttS), connections, grainS, idle, signal };
  const facts = { connections_count: connections, idle_rtt_ms: decimals(rttS * 1000, 3) };
  for (const [direction, oneWay] of [["down", down], ["up", up]]) {
    onProgress(direction);
    Object.assign(facts, factsOf(direction, await failing(`${direction}_failed`, () => oneWay(setting))));
  }
  if (grainS > GRAIN_MAX_S) facts.idle_rtt_ms = null;
  const reason = grainS > GRAIN_MAX_S ? "clock_too_coarse" : "too_few_answers";
  const missing = Object.fromEntries(Object.keys(facts).filter((name) => facts[name] === null).map((name) => [name, reason]));
  for (const name of ["down_held_back", "up_held_back"]) [facts[name], missing[name]] = [null, "not_in_browser"];
  return { facts, missing };
}

function factsOf(direction, run) {
  const facts = {
    mbit_s: decimals(run.found.mbitS, 3),
    half_width_mbit_s: decimals(run.found.halfWidthMbitS, 3),
    bytes: run.bytes,
    duration_s: decimals(run.durationS, 3),
    stop_reason: run.stopReason,
    responsiveness_rpm: decimals(run.felt?.rpm ?? null, 1),
    added_delay_p95_ms: decimals(run.felt?.addedP95Ms ?? null, 3),
  };
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`${direction}_${name}`, value]));
}

// What gets no answer in the block becomes a failed result with this code.
async function failing(code, block) {
  try {
    return await block();
  } catch (error) {
    throw error instanceof LostError ? new MeasureFailure(code, error.message) : error;
  }
}

// Runs `work(run)` with a watch over the clock and round trips beside it; gives the round trips.
async function loaded(setting, work) {
  const { point, idle, connections, grainS, signal } = setting;
  const watch = new Watch(), ending = following(signal);
  const underLoad = new RoundTripsUnderLoad(point, idle, signal);
  try {
    await work({ watch, connections, ending, underLoad, resolutionS: Math.max(MARK_S, grainS) });
  } finally {
    ending.abort();
    watch.close();
    setting.trips = await underLoad.end();
  }
}

function feltOf({ idle, trips, grainS }, steadyFromS, untilS) {
  if (grainS > GRAIN_MAX_S) return null;
  return responsiveness(idle, trips.filter((trip) => trip.sentS <= untilS), steadyFromS);
}

async function down(setting) {
  let run;
  await loaded(setting, (how) => (run = new Download(setting.point, setting.rule, how)).carry());
  refuseUnfilled("down", run);
  const { timeline, nowS } = run.shared;
  const found = sure("down", setting.rule, timeline, nowS);
  return outcome(run, found, feltOf(setting, found.steadyFromS, nowS));
}

async function up(setting) {
  let run;
  await loaded(setting, (how) => (run = new Upload(setting.point, setting.rule, how)).carry());
  const lanes = run.lanes();
  const timeline = run.compares ? run.shared.timeline : merged(lanes);
  refuseBuffered(lanes, setting.rule.estimate(timeline)?.steadyFromS ?? timeline.startS, timeline.endS);
  refuseUnfilled("up", run);
  const found = sure("up", setting.rule, timeline);
  // The receiver's clock is not ours: what they share is how long after the beginning something was.
  const firstS = Math.min(...lanes.map((lane) => lane.startS));
  return outcome(run, found, feltOf(setting, run.beganS + found.steadyFromS - firstS, run.shared.nowS));
}

function outcome(run, found, felt) {
  const unsure = run.stopReason === "steady" && !within(found, run.rule.limits.precision);
  const stopReason = unsure ? "unsure" : run.stopReason;
  return { found, felt, bytes: run.carried, stopReason, durationS: run.endedS - run.beganS };
}

// A rate is the line's only if it was the line that held it back.
function refuseUnfilled(direction, run) {
  const connections = `${run.run.connections} connections`;
  if (run.shared.timeline === null) {
    throw new MeasureFailure(`${direction}_too_short`, `${connections} never carried data side by side`);
  }
  if (run.filled) return;
  const detail = `${connections} did not fill the line: no queue, and more of them carry more`;
  throw new MeasureFailure(`${direction}_not_filled`, detail);
}

// The estimate, if it says something.
function sure(direction, rule, timeline, toS = timeline.endS) {
  const found = rule.estimate(timeline, toS);
  if (found === null) {
    const seconds = Math.max(0, toS - timeline.startS).toFixed(3);
    throw new MeasureFailure(`${direction}_too_short`, `all connections carried data for ${seconds} s only`);
  }
  if (found.mbitS > 0 && found.mbitS < LEAST_MBIT_S) {
    const detail = `${found.mbitS.toFixed(3)} Mbit/s: something keeps it back, as a proxy that looks for viruses does`;
    throw new MeasureFailure(`${direction}_too_little`, detail);
  }
  if (!within(found, UNSTABLE_RATIO)) {
    const interval = `${found.mbitS.toFixed(2)} Mbit/s give or take ${found.halfWidthMbitS.toFixed(2)}`;
    throw new MeasureFailure(`${direction}_unstable`, `${interval} is no answer`);
  }
  return found;
}

function refuseBuffered(lanes, fromS, toS) {
  const arrivingS = receivingS(lanes, fromS);
  if (2 * arrivingS >= toS - fromS) return;
  const detail = `of ${(toS - fromS).toFixed(2)} s, something arrived in ${arrivingS.toFixed(2)} s: a proxy keeps uploads back`;
  throw new MeasureFailure("up_buffered", detail);
}
