// The operating system and the processor, as facts of the agent's probe `device`.

import { running } from "./browser.js";

const BY_HINT = {
  Windows: "windows",
  macOS: "macos",
  Linux: "linux",
  Android: "android",
  "Chrome OS": "chromeos",
  "Chromium OS": "chromeos",
};
const TITLES = {
  windows: "Windows",
  macos: "macOS",
  linux: "Linux",
  android: "Android",
  chromeos: "ChromeOS",
  ipados: "iPadOS",
  ios: "iOS",
};
// From Safari 26 on, the user agent string of iPads and iPhones says the same old system for ever. Which Safari it is,
// only Safari itself tells: apps write whatever they like.
const SAFARI_HIDES_SYSTEM_FROM = 26;

// {facts, missing} of os_name, os_version, os_title and architecture.
export function systemFacts(hints, userAgent, touchPoints) {
  const found = hints?.platform ? byHints(hints) : byUserAgent(userAgent, touchPoints);
  const facts = {
    os_name: found.name,
    os_version: found.version,
    os_title: found.title ?? TITLES[found.name] ?? null,
    architecture: architecture(hints),
  };
  const reasons = { os_name: "not_told", os_version: "version_hidden", os_title: "not_told", architecture: "not_told" };
  const missing = Object.fromEntries(Object.entries(reasons).filter(([name]) => facts[name] === null));
  return { facts, missing };
}

function byHints({ platform, platformVersion }) {
  const name = BY_HINT[platform] ?? null;
  // Linux tells none, and Windows the version of an interface, from which only the generation follows.
  if (name === "windows") return { name, version: null, title: windowsTitle(platformVersion) };
  const version = name && name !== "linux" ? dotted(platformVersion) : null;
  return { name, version, title: name && version ? `${TITLES[name]} ${version}` : null };
}

function windowsTitle(platformVersion) {
  const generation = Number.parseInt(platformVersion, 10);
  if (generation >= 13) return "Windows 11";
  return generation >= 1 ? "Windows 10" : null;
}

function byUserAgent(userAgent, touchPoints) {
  const mobile = /\((iPad|iPhone|iPod)[^)]*? OS (\d+(?:_\d+)*) like Mac OS X/.exec(userAgent);
  if (mobile) return titled(mobile[1] === "iPad" ? "ipados" : "ios", appleVersion(userAgent, mobile[2]));
  const mac = /\(Macintosh; [^)]*Mac OS X (\d+(?:[._]\d+)*)/.exec(userAgent);
  // An iPad asks for desktop pages as a Mac; no Mac has a touch screen.
  if (mac && touchPoints > 0) return titled("ipados", null);
  if (mac) return titled("macos", /^10[._]15/.test(mac[1]) ? null : mac[1].replaceAll("_", "."));
  if (/Windows NT/.test(userAgent)) return titled("windows", null);
  if (/\bCrOS\b/.test(userAgent)) return titled("chromeos", null);
  const android = /Android (\d+(?:\.\d+)*)(; K\))?/.exec(userAgent);
  if (android) return titled("android", android[2] ? null : android[1]);
  return titled(/Linux|X11/.test(userAgent) ? "linux" : null, null);
}

function appleVersion(userAgent, written) {
  const { product, version } = running(null, userAgent);
  const tells = product === "safari" && Number.parseInt(version, 10) < SAFARI_HIDES_SYSTEM_FROM;
  return tells ? written.replaceAll("_", ".") : null;
}

function titled(name, version) {
  return { name, version, title: name && version ? `${TITLES[name]} ${version}` : null };
}

function dotted(version) {
  return /^\d+(\.\d+)*$/.test(version ?? "") ? version : null;
}

function architecture(hints) {
  if (hints?.architecture === "x86") return hints.bitness === "64" ? "x86_64" : "x86";
  if (hints?.architecture === "arm") return hints.bitness === "64" ? "arm64" : "arm";
  return null;
}
