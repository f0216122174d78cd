// Why a measurement gave no number: a stable code for programs and a sentence for people, as an agent's `ProbeError`.
export class MeasureFailure extends Error {
  constructor(code, detail, found = { facts: {}, missing: {} }) {
    super(detail);
    this.code = code;
    this.found = found; // what was found out all the same
  }
}

// What it means that `what` was answered with this status.
export function refusalOf(status, what) {
  const codes = { 0: "measurement_redirected", 401: "token_refused" }; // a redirect has status 0: it is not followed
  const code = codes[status] ?? "measurement_refused";
  return new MeasureFailure(code, `${what} was answered with status ${status}`);
}
