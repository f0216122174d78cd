// Is the test mode on? Facts of the agent's probe `lockdown`. Told only where something says so: that nothing does is no
// proof, so then it is not known.

export const PROBE = { name: "lockdown", version: 1 };

// `around` is what the collector saw of the request: Safe Exam Browser puts its keys into headers.
export function lockdownFacts(window, around, osName) {
  const byScript = typeof window.SafeExamBrowser === "object" && window.SafeExamBrowser !== null;
  const agent = /\bSEB(?:\/(\d+(?:\.\d+)*))?(?=\s|$)/.exec(window.navigator.userAgent);
  const inUse = Boolean(around?.safe_exam_browser || byScript || agent);
  const version = inUse ? (around?.safe_exam_browser_version ?? agent?.[1] ?? null) : null;
  const facts = { seb_installed: inUse || null, seb_version: version, seb_in_use: inUse || null, kiosk: null };
  const reasons = {
    seb_installed: "not_seen",
    seb_version: inUse ? "not_told" : "not_seen",
    seb_in_use: "not_detected",
    // No page can ask ChromeOS whether it is in kiosk mode.
    kiosk: osName === "chromeos" ? "kiosk_not_told" : "not_seen",
  };
  const missing = Object.fromEntries(Object.entries(reasons).filter(([name]) => facts[name] === null));
  return { facts, missing };
}
