// The collector's HTTP API, the same that agents use. Every question has a deadline.

const WITHIN_MS = 15000;

// Aborts after so long, or by `end()`. `AbortSignal.timeout` is too new for the tablets of many schools.
export function deadline(ms) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${ms} ms`)), ms);
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

// The collector said no: a stable code, its sentence, and after how many seconds to ask again (or null).
export class Refused extends Error {
  constructor(status, { code, message }, retryAfterS) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }
}

// Nobody answered: no network, or no collector.
export class Away extends Error {}

// The answer as JSON, null if it is empty. Throws Refused or Away.
export async function ask(method, path, { token, body, withinMs = WITHIN_MS, keepalive = false } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  let response;
  let text;
  const { signal, end } = deadline(withinMs);
  try {
    const sent = body ? JSON.stringify(body) : undefined;
    response = await fetch(path, { method, headers, body: sent, cache: "no-store", keepalive, signal });
    text = await response.text();
  } catch (error) {
    throw new Away(String(error));
  } finally {
    end();
  }
  const answer = parsed(text);
  if (response.ok) return answer;
  const seconds = Number.parseFloat(response.headers.get("retry-after") ?? "");
  const retryAfterS = Number.isFinite(seconds) ? seconds : null;
  // Something between us and the collector answers for it, such as a proxy or a sign-in page of the network.
  if (!answer?.code) throw new Away(`status ${response.status}`);
  throw new Refused(response.status, answer, retryAfterS);
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
