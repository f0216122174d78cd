// Waiting: for the network to come back, for a busy collector. Bounded, with growing pauses and jitter.

import { Away, Refused } from "./collector.js";

const FIRST_MS = 2000;
const LONGEST_MS = 60000;
export const ATTEMPTS_MAX = 40;

const LATER = [408, 425, 429, 500, 502, 503, 504];

// What `attempt` gives in the end. `away` is told before each pause. Throws Refused for a no that will stay one, and the
// last Away when the attempts are used up.
export async function insisting(attempt, { away = () => undefined, attempts = ATTEMPTS_MAX } = {}) {
  for (let number = 1; ; number += 1) {
    try {
      return await attempt();
    } catch (error) {
      const comesBack = error instanceof Away || (error instanceof Refused && LATER.includes(error.status));
      if (!comesBack || number >= attempts) throw error;
      away(error);
      await pause(pauseMs(number, error.retryAfterS ?? 0));
    }
  }
}

// Half of the pause is chance, so that a class that lost its network does not come back as one.
export function pauseMs(number, atLeastS, chance = Math.random()) {
  const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** (number - 1));
  return Math.max(atLeastS * 1000, grown / 2) + (chance * grown) / 2;
}

// Ends early when the browser says that the network is back.
export function pause(ms) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
  });
}
