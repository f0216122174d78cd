// The clock that all is measured by, and who watches that it can be trusted.

import { MeasureFailure } from "./failure.js";

const STALLED_S = 2; // so long two looks never lie apart on a device that runs
const DISAGREE_S = 1; // so far the clock of the wall and ours may drift apart; more, and the device slept
const GRAIN_LOOK_S = 0.35;
const CHANGES = ["visibilitychange", "freeze"];

// Seconds by a clock that never jumps while the device is awake.
export function nowS() {
  return performance.now() / 1000;
}

// Resolves after so many seconds, or early when `signal` is aborted.
export function pause(seconds, signal) {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, seconds * 1000);
    signal?.addEventListener("abort", over);
    if (signal?.aborted) over();
  });
}

// How far apart the clock's ticks lie: browsers make it coarse on purpose, some up to 100 ms.
export function clockGrainS() {
  const beganS = nowS();
  let lastS = beganS, grainS = Infinity;
  for (let changes = 0; changes < 3 && lastS - beganS < GRAIN_LOOK_S; ) {
    const seenS = nowS();
    if (seenS === lastS) continue;
    grainS = Math.min(grainS, seenS - lastS);
    lastS = seenS;
    changes += 1;
  }
  return grainS;
}

// Says whether what is being measured still means something: a browser slows pages down that nobody sees, and a device
// that sleeps stops some clocks and not others. To be asked often; `close` when done.
export class Watch {
  #hidden = false;
  #startedS = nowS();
  #startedWallS = Date.now() / 1000;
  #lastS = nowS();
  #seen = (event) => (this.#hidden ||= event?.type === "freeze" || document.visibilityState === "hidden");

  constructor() {
    for (const change of CHANGES) document.addEventListener(change, this.#seen);
    this.#seen();
  }

  close() {
    for (const change of CHANGES) document.removeEventListener(change, this.#seen);
  }

  // The time. Throws MeasureFailure when nothing can be told by it.
  look() {
    const now = nowS();
    const apartS = now - this.#lastS;
    this.#lastS = now;
    if (this.#hidden) throw new MeasureFailure("page_hidden", "the page was hidden while it measured");
    if (!(apartS >= 0 && apartS < STALLED_S)) {
      throw new MeasureFailure("clock_jumped", `${apartS.toFixed(1)} s went by between two looks at the clock`);
    }
    const disagreeS = Date.now() / 1000 - this.#startedWallS - (now - this.#startedS);
    if (Math.abs(disagreeS) > DISAGREE_S) {
      throw new MeasureFailure("clock_jumped", `the device's clocks went ${disagreeS.toFixed(1)} s apart`);
    }
    return now;
  }
}
