// What a page measures: the agent's probes `latency` and `throughput`, by the same method, with the same facts. Each
// result is a `ProbeResult` as an agent sends it.

import { nowS } from "./clock.js";
import { MeasureFailure } from "./failure.js";
import { PROBE as LATENCY, latency } from "./latency.js";
import { MeasurementPoint } from "./point.js";
import { decimals } from "./statistics.js";
import { PROBE as THROUGHPUT, throughput } from "./throughput.js";

const LIMITS = { connections: 16, max_seconds: 4, max_bytes: 1_000_000_000, precision: 0.03, latency_samples: 20 };
const LATENCY_DEADLINE_S = 30;
const MESSAGE_MAX = 500;

// {latency, throughput}. `limits` are the policy's `throughput` and its `latency_samples`. `ticket` opens round trips,
// `throughputTicket` (a lease's) the rest; without it, `throughput` is null. `onProgress({phase, share})` is told
// "latency", "idle", "down", "up". Rejects only when `signal` is aborted, with its reason; all else is a failed result.
export async function measure({ measurementUrl, ticket, throughputTicket = null, limits = {}, onProgress = () => {}, signal }) {
  const asked = { measurementUrl, limits, onProgress, signal };
  const first = await measureLatency({ ...asked, ticket });
  return { latency: first, throughput: throughputTicket && (await measureThroughput({ ...asked, ticket: throughputTicket })) };
}

export function measureLatency({ measurementUrl, ticket, limits = {}, onProgress = () => {}, signal }) {
  const { latency_samples: samples } = { ...LIMITS, ...limits };
  const told = (share) => onProgress({ phase: "latency", share });
  return result(LATENCY, signal, (over) =>
    latency(new MeasurementPoint(measurementUrl, ticket), { samples, deadlineS: LATENCY_DEADLINE_S, onProgress: told, signal: over }),
  );
}

export function measureThroughput({ measurementUrl, ticket, limits = {}, onProgress = () => {}, signal }) {
  const told = (phase) => onProgress({ phase, share: 0 });
  return result(THROUGHPUT, signal, (over) =>
    throughput(new MeasurementPoint(measurementUrl, ticket), { limits: { ...LIMITS, ...limits }, onProgress: told, signal: over }),
  );
}

async function result({ name: probe, version }, signal = new AbortController().signal, read) {
  signal.throwIfAborted();
  const started_at = new Date().toISOString(), beganS = nowS();
  const { status, error, found } = await attempt(() => read(signal));
  signal.throwIfAborted();
  const duration_s = Math.max(0, decimals(nowS() - beganS, 3)); // a clock that went back has failed the result
  return { probe, version, status, started_at, duration_s, facts: found.facts, missing: found.missing, error };
}

async function attempt(read) {
  try {
    return { status: "ok", error: null, found: await read() };
  } catch (error) {
    const expected = error instanceof MeasureFailure;
    if (!expected) console.error(error);
    const code = expected ? error.code : "probe_defect";
    const message = expected ? error.message : `${error.name}: ${error.message}`;
    return { status: "failed", error: { code, message: message.slice(0, MESSAGE_MAX) }, found: error.found ?? { facts: {}, missing: {} } };
  }
}
