// Round trips to the measurement point, spread in time: the facts of the agent's probe `latency`. A page can reach
// neither the gateway nor the test service in a way that could be timed.

import { clockGrainS, nowS, pause, Watch } from "./clock.js";
import { driven, following } from "./exchange.js";
import { MeasureFailure } from "./failure.js";
import { enoughAnswers, latencyFacts, SUFFIXES } from "./latency_facts.js";
import { LostError, Stopwatch } from "./point.js";

export const PROBE = { name: "latency", version: 2 };
const ROUND_TRIP_MAX_S = 2;
const PAUSE_S = 0.2; // between round trips, give or take half by chance: bursts of other traffic are met as they come
export const GRAIN_MAX_S = 0.005; // a coarser clock can't tell round trips

// {facts, missing} of so many round trips, or as many as there is time for. Throws MeasureFailure.
export async function latency(point, { samples, deadlineS, onProgress, signal }) {
  if (clockGrainS() > GRAIN_MAX_S) throw new MeasureFailure("clock_too_coarse", "this browser keeps its clock too coarse");
  const samplesS = [];
  const untilS = nowS() + deadlineS - ROUND_TRIP_MAX_S;
  const watch = new Watch(), ending = following(signal), stopwatch = new Stopwatch(point);
  const more = () => samplesS.length < samples && (!samplesS.length || nowS() < untilS) && !ending.signal.aborted;
  const told = (sample) => onProgress(samplesS.push(sample) / samples);
  try {
    await driven(watch, ending, [series(stopwatch, ending.signal, more, told)]);
  } finally {
    ending.abort();
    stopwatch.close();
    watch.close();
  }
  return summary(samplesS);
}

// The first request opens the connection, so that no handshake is counted; so does the one after a lost one.
async function series(stopwatch, signal, more, told) {
  for (let warm = false; more(); ) {
    await pause(PAUSE_S * (0.5 + Math.random()), signal);
    try {
      if (!warm) await stopwatch.roundTrip(ROUND_TRIP_MAX_S, signal);
      told((await stopwatch.roundTrip(ROUND_TRIP_MAX_S, signal)).tookS);
      warm = true;
    } catch (error) {
      if (!(error instanceof LostError)) throw error;
      told(null);
      warm = false;
    }
  }
}

function summary(samplesS) {
  const own = latencyFacts(samplesS);
  const found = { facts: { ...own.facts, method: "http", ...notHere() }, missing: { ...own.missing } };
  for (const name of Object.keys(notHere())) found.missing[name] = "not_in_browser";
  const answered = samplesS.filter((sample) => sample !== null).length;
  const counted = `${answered} of ${samplesS.length} round trips were answered`;
  if (answered === 0) throw new MeasureFailure("measurement_point_away", counted, found);
  if (!enoughAnswers(samplesS)) throw new MeasureFailure("too_few_answers", counted, found);
  return found;
}

function notHere() {
  const names = ["gateway_", "service_"].flatMap((prefix) => [...SUFFIXES, "method"].map((name) => prefix + name));
  return Object.fromEntries([...names, "service_host"].map((name) => [name, null]));
}
