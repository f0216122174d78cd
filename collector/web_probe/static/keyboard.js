// Is there a physical keyboard? The pupil presses a key; the key press tells where it came from, as far as it can.

const TABLETS = ["ipados", "ios", "android"];
const SHRUNK = 0.85;

// What one key press says: {present: true, reason: null}, or null with the code of why it can not be told.
export function judgedKey(event, { osName, touchPoints, finePointer, shrunk }) {
  // 229 stands for a key that the input method took, as on-screen keyboards do.
  if (!event.isTrusted || !event.code || event.key === "Unidentified" || event.keyCode === 229) {
    return { present: null, reason: "key_not_told" };
  }
  // Part of the screen is covered, as an on-screen keyboard covers it.
  if (shrunk) return { present: null, reason: "maybe_on_screen" };
  // On tablets the on-screen keyboard shows only for a field to write in, and this page shows none.
  if (touchPoints === 0 || TABLETS.includes(osName)) return { present: true, reason: null };
  // On computers with touch it can be opened at any time; one with a mouse or touchpad is open as a laptop.
  return finePointer ? { present: true, reason: null } : { present: null, reason: "maybe_on_screen" };
}

// Waits for key presses until one says something: calls `heard` with what it says.
export function listen(window, osName, heard) {
  const full = window.visualViewport?.height ?? window.innerHeight;
  const onKey = (event) => {
    const surroundings = {
      osName,
      touchPoints: window.navigator.maxTouchPoints,
      finePointer: window.matchMedia("(any-pointer: fine)").matches,
      shrunk: (window.visualViewport?.height ?? window.innerHeight) < SHRUNK * full,
    };
    heard(judgedKey(event, surroundings));
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}
