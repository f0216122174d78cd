// Reports as agents send them (docs/report.schema.json).

const SCHEMA = 1;

// Unique for ever. `crypto.randomUUID` would need https.
export function identifier() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A result of `probe`, {name, version}; `began` is a Date. `error` is {code, message} or null.
export function result({ name: probe, version }, began, { status = "ok", facts = {}, missing = {}, error = null }) {
  const made = { probe, version, status, started_at: began.toISOString(), duration_s: secondsSince(began), facts, missing };
  return error ? { ...made, error } : made;
}

function secondsSince(began) {
  // The clock may have been put right meanwhile.
  return Math.min(86400, Math.max(0, Math.round(Date.now() - began.getTime()) / 1000));
}

// A kept report as it leaves: stamped now, so that the collector sees how far off the clock is.
export function stamped({ report_id, school, room, results }, identity, version) {
  return {
    schema: SCHEMA,
    report_id,
    device_id: identity.deviceId,
    sent_at: new Date().toISOString(),
    agent_version: version,
    school,
    room,
    results,
  };
}
