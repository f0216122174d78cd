// A tone of a second, soft at both ends. Whether it was heard only the pupil can say.

const HERTZ = 523;
const LOUDNESS = 0.3;
const SECONDS = 1.2;
const FADE_S = 0.05;
const START_WITHIN_MS = 3000;

// Plays it; false where the browser can not or will not make a sound.
export async function playTone(window) {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!Context) return false;
  let context;
  try {
    context = new Context();
    const late = new Promise((resolve) => setTimeout(resolve, START_WITHIN_MS));
    await Promise.race([context.resume(), late]);
    if (context.state !== "running") return false;
    await tone(context);
    return true;
  } catch {
    return false;
  } finally {
    context?.close().catch(() => undefined);
  }
}

function tone(context) {
  const oscillator = new OscillatorNode(context, { frequency: HERTZ });
  const gain = new GainNode(context, { gain: 0 });
  const starts = context.currentTime + FADE_S;
  gain.gain.setValueAtTime(0, starts);
  gain.gain.linearRampToValueAtTime(LOUDNESS, starts + FADE_S);
  gain.gain.setValueAtTime(LOUDNESS, starts + SECONDS - FADE_S);
  gain.gain.linearRampToValueAtTime(0, starts + SECONDS);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(starts);
  oscillator.stop(starts + SECONDS);
  return new Promise((resolve) => {
    oscillator.onended = resolve;
    setTimeout(resolve, (SECONDS + 1) * 1000);
  });
}
