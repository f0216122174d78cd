// The machine as a page can see it: facts of the agent's probe `device`. What a page can not see is null with a reason.

import { systemFacts } from "./system.js";

export const PROBE = { name: "device", version: 1 };
const HINTS = ["architecture", "bitness", "fullVersionList", "platformVersion"];
const HINTS_WITHIN_MS = 3000;
const ZOOM_TOLERANCE = 0.08;
const UNSEEN = [
  ...["os_edition", "os_release", "os_build", "restart_pending", "memory_total_mib", "disk_free_mib"],
  ...["screen_width_mm", "screen_height_mm", "screen_diagonal_inch", "clock_synchronised", "machine_id"],
];

// High-entropy client hints, or null: only Chromium has them, and only over https or on this very machine.
export async function clientHints(navigator) {
  const asked = navigator.userAgentData?.getHighEntropyValues?.(HINTS);
  if (!asked) return null;
  const late = new Promise((resolve) => setTimeout(resolve, HINTS_WITHIN_MS, null));
  return Promise.race([asked.catch(() => null), late]);
}

// {facts, missing} of all that needs nobody's answer.
export async function machineFacts(window, hints) {
  const { navigator } = window;
  const system = systemFacts(hints, navigator.userAgent, navigator.maxTouchPoints);
  return joined([unknown(UNSEEN, "not_seen"), system, screenFacts(window), await powerFacts(navigator)]);
}

// The same with what the pupil answered: `keyboard` is {present, reason}, `sound` is {heard, reason}.
export function withAnswers(machine, keyboard, sound) {
  return joined([machine, keyboardFacts(keyboard), soundFacts(sound)]);
}

// In the screen's own dots, not in those that pages are laid out by. A zoomed page does not know them.
export function screenFacts(window) {
  const names = ["screen_width_px", "screen_height_px"];
  const { screen, devicePixelRatio } = window;
  if (!screen?.width || !screen.height || !devicePixelRatio) return unknown(names, "not_told");
  if (isZoomed(window)) return unknown(names, "page_zoomed");
  const sides = [screen.width, screen.height].map((side) => Math.round(side * devicePixelRatio)).sort((a, b) => b - a);
  return { facts: { screen_width_px: sides[0], screen_height_px: sides[1] }, missing: {} };
}

// Chromium counts the zoom into devicePixelRatio and not into the screen; Firefox into both, Safari into neither.
// Something docked beside the page looks the same, and then the resolution is not known either.
export function isZoomed({ navigator, outerWidth, innerWidth }) {
  if (!/Chrome\//.test(navigator.userAgent) || !outerWidth || !innerWidth) return false;
  return Math.abs(outerWidth / innerWidth - 1) > ZOOM_TOLERANCE;
}

// A browser without leave to tell says: full and charging. That is no knowledge.
async function powerFacts(navigator) {
  const names = ["power_source", "battery_level_percent"];
  const battery = await navigator.getBattery?.().catch(() => null);
  if (!battery) return unknown(names, "not_told");
  if (battery.charging && battery.level === 1 && battery.chargingTime === 0) return unknown(names, "not_told");
  const level = Math.round(battery.level * 1000) / 10;
  return {
    facts: { power_source: battery.charging ? "mains" : "battery", battery_level_percent: level },
    missing: {},
  };
}

function keyboardFacts({ present, reason }) {
  return present === null ? unknown(["keyboard_present"], reason) : { facts: { keyboard_present: present }, missing: {} };
}

// Who heard the tone has something to hear with. Who did not may have turned it down.
function soundFacts({ heard, reason }) {
  if (heard) return { facts: { audio_output_present: true }, missing: {} };
  return unknown(["audio_output_present"], heard === false ? "not_heard" : reason);
}

function joined(parts) {
  return {
    facts: Object.assign({}, ...parts.map((part) => part.facts)),
    missing: Object.assign({}, ...parts.map((part) => part.missing)),
  };
}

function unknown(names, reason) {
  return {
    facts: Object.fromEntries(names.map((name) => [name, null])),
    missing: Object.fromEntries(names.map((name) => [name, reason])),
  };
}
