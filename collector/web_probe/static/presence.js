// Marks a visit for as long as its page is in sight. Pupils who share a machine have a browser profile each, and only one
// of them can have the page in sight: visits that overlap are as many machines (collector/readiness/machines/visits.py).

import { pause } from "./clock.js";
import { identifier, result } from "./report.js";

const VISIT = { name: "visit", version: 1 }; // no agent has one
const EVERY_S = 60;
const MARKS_MAX = 15; // a class has come by then
const SLEPT = 2.5; // pauses that took so many times as long as they should: the device slept

export class Presence {
  #page = identifier(); // of this page as long as it is open, and of nobody
  #out = new AbortController();
  #end = () => this.#out.abort();

  constructor(window, { everyS = EVERY_S, marks = MARKS_MAX } = {}) {
    this.everyS = everyS;
    this.marks = marks;
    const { document } = window;
    // For good: who comes back may have lent the machine to another meanwhile.
    const look = () => document.visibilityState === "hidden" && this.#end();
    document.addEventListener("visibilitychange", look);
    document.addEventListener("freeze", this.#end);
    window.addEventListener("pagehide", this.#end);
    look();
  }

  // The mark of a moment, as a result to report.
  mark(at = new Date()) {
    return result(VISIT, at, { facts: { page: this.#page } });
  }

  // Gives `send` a mark each minute or so. One that can not be sent is not missed: the next one says as much.
  async keep(send) {
    const { signal } = this.#out;
    for (let number = 0; number < this.marks; number += 1) {
      const beganMs = Date.now();
      await pause(this.everyS * (0.75 + Math.random() / 2), signal);
      const tookMs = Date.now() - beganMs;
      if (tookMs < 0 || tookMs > this.everyS * SLEPT * 1000) this.#end();
      if (signal.aborted) return;
      await send(this.mark()).catch(() => undefined);
    }
  }
}
