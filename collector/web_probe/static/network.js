// Measures the network: round trips at once, and how much the school's line carries when it is our turn.

import { Away, Refused, ask, deadline } from "./collector.js";
import { pause, pauseMs } from "./patience.js";

const TURNS_MAX = 4;
const TURNS_WITHIN_MS = 240000;
const COMES_BACK = ["line_busy", "too_many_requests"];

export class Network {
  constructor(membership, policy, view) {
    this.membership = membership;
    this.policy = policy;
    this.view = view;
    this.limits = { ...policy.throughput, latency_samples: policy.latency_samples };
  }

  planned(probe) {
    return this.policy.plans.some((plan) => plan.probe === probe);
  }

  // The result `latency`, or null where the policy does not ask for it.
  async latency() {
    if (!this.planned("latency")) return null;
    const { measureLatency } = await import("./measure.js");
    const { measurement_url: measurementUrl, ticket } = this.policy;
    return measureLatency({ measurementUrl, ticket, limits: this.limits });
  }

  // The result `throughput`, or null. One device of a school fills its line at a time: who has to wait waits, within
  // bounds, while the rest goes on.
  async throughput() {
    if (!this.planned("throughput")) return null;
    const until = Date.now() + TURNS_WITHIN_MS;
    for (let turn = 1; ; turn += 1) {
      try {
        return await this.#filled(await this.#leased());
      } catch (error) {
        const comesBack = error instanceof Away || (error instanceof Refused && COMES_BACK.includes(error.code));
        const waitMs = pauseMs(turn, error.retryAfterS ?? 0);
        if (!comesBack || turn === TURNS_MAX || Date.now() + waitMs > until) throw error;
        if (error.code === "line_busy") this.view.say("line_busy");
        this.view.check("line", "waiting_turn");
        await pause(waitMs);
      }
    }
  }

  #leased() {
    const body = { probe: "throughput" };
    return this.membership.use(({ token }) => ask("POST", "/api/v1/leases", { token, body }));
  }

  async #filled({ lease_id: id, ticket, valid_s: validS }) {
    const giveBack = () =>
      this.membership
        .use(({ token }) => ask("DELETE", `/api/v1/leases/${id}`, { token, keepalive: true }))
        .catch(() => undefined); // it runs out by itself
    addEventListener("pagehide", giveBack);
    const { signal, end } = deadline(validS * 1000);
    try {
      this.view.check("line", "going");
      const { measureThroughput } = await import("./measure.js");
      return await measureThroughput({
        measurementUrl: this.policy.measurement_url,
        ticket,
        limits: this.limits,
        onProgress: ({ phase }) => ["down", "up"].includes(phase) && this.view.say(`measuring_${phase}`),
        signal,
      });
    } finally {
      end();
      removeEventListener("pagehide", giveBack);
      await giveBack();
    }
  }
}
