// The measurement point: where latency and throughput are measured against, over plain HTTP requests.

import { nowS } from "./clock.js";
import { refusalOf } from "./failure.js";

const ENTRY_MAX_MS = 100; // so long the browser may take to tell what it timed

// A request that got no answer, or none in time.
export class LostError extends Error {}

export class MeasurementPoint {
  #url;
  #headers;

  constructor(url, ticket) {
    this.#url = url.replace(/\/+$/, "");
    this.#headers = { Authorization: `Bearer ${ticket}` };
  }

  // Where `ping`, `down` or `up` is.
  address(name) {
    return new URL(`${this.#url}/${name}`, globalThis.location?.href).href;
  }

  // A 200 from `name`, with its body to come. Throws LostError, or MeasureFailure when it is refused. Redirects are not
  // followed: what stands somewhere else is not what shall be measured.
  async answer(name, what, signal, body) {
    const response = await this.#fetched(name, signal, body);
    if (response.status !== 200) throw refusalOf(response.status, what);
    return response;
  }

  async ping(signal) {
    const response = await this.#fetched("ping", signal);
    try {
      await response.arrayBuffer();
    } catch (error) {
      throw new LostError(`${error.name}: ${error.message}`);
    }
    if (response.status !== 204) throw refusalOf(response.status, "ping");
  }

  async #fetched(name, signal, body) {
    try {
      return await fetch(this.address(name), {
        method: body ? "POST" : "GET", body, signal, headers: this.#headers,
        cache: "no-store", credentials: "omit", redirect: "manual", referrerPolicy: "no-referrer",
      });
    } catch (error) {
      throw new LostError(`${error.name}: ${error.message}`);
    }
  }
}

// Times requests one after the other. Where the browser says when a request left and its answer came, that counts: our
// own clock would add what this page was busy with. `close` when done.
export class Stopwatch {
  #point;
  #address;
  #observer = null;
  #entries = [];
  #arrived = () => {};

  constructor(point) {
    this.#point = point;
    this.#address = point.address("ping");
    if (!globalThis.PerformanceObserver?.supportedEntryTypes?.includes("resource")) return;
    this.#observer = new PerformanceObserver((list) => {
      this.#entries.push(...list.getEntriesByName(this.#address));
      this.#arrived();
    });
    this.#observer.observe({ type: "resource" });
  }

  close() {
    this.#observer?.disconnect();
  }

  // {sentS, tookS} of one ping. Throws LostError after `withinS`.
  async roundTrip(withinS, signal) {
    const giveUp = new AbortController();
    const end = () => giveUp.abort();
    const timer = setTimeout(end, withinS * 1000);
    signal?.addEventListener("abort", end);
    this.#entries = [];
    const sentS = nowS();
    try {
      await this.#point.ping(giveUp.signal);
      const tookS = nowS() - sentS;
      return { sentS, tookS: Math.min(tookS, (await this.#timedS(sentS)) ?? tookS) };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }

  // What the browser timed of the request that was sent then; null if it does not say.
  async #timedS(sentS) {
    if (!this.#observer) return null;
    const own = (entry) => entry.startTime >= sentS * 1000 - 1 && entry.requestStart > 0;
    if (!this.#entries.some(own)) {
      await new Promise((resolve) => {
        this.#arrived = resolve;
        setTimeout(resolve, ENTRY_MAX_MS);
      });
    }
    const entry = this.#entries.filter(own).at(-1);
    return entry ? (entry.responseStart - entry.requestStart) / 1000 : null;
  }
}
