// What only the pupil can answer: is there a keyboard, is there sound? Each question waits so long and no longer.

import { listen } from "./keyboard.js";
import { playTone } from "./sound.js";

export const PATIENCE_MS = 90000;
const UNANSWERED = "not_answered";

// {present, reason}: true once a key press shows a physical keyboard, false if the pupil says that there is none.
export function askKeyboard(window, view, osName) {
  return asked(view, "keyboard", { present: null, reason: UNANSWERED }, (answer, refine) => {
    const stop = listen(window, osName, (found) => {
      if (found.reason !== "key_not_told") return answer(found);
      refine(found);
      return view.say("another_key");
    });
    return { stop, none: () => answer({ present: false, reason: null }) };
  });
}

// {heard, reason}: the pupil's word, after the tone was played.
export function askSound(window, view) {
  return asked(view, "sound", { heard: null, reason: UNANSWERED }, (answer) => ({
    stop: () => undefined,
    play: async (section, button) => {
      button.disabled = true;
      const played = await playTone(window);
      button.disabled = false;
      if (!played) return answer({ heard: null, reason: "sound_not_played" });
      for (const part of section.querySelectorAll(".heard")) part.hidden = false;
      return undefined;
    },
    yes: () => answer({ heard: true, reason: null }),
    no: () => answer({ heard: false, reason: null }),
  }));
}

// Shows the question, and gives the answer. `open` gets `answer` and `refine` (a better "not known") and gives what the
// buttons do, by their data-answer, and `stop`.
function asked(view, name, unanswered, open) {
  const section = view.element(`question-${name}`);
  let best = unanswered;
  view.check(name, "going");
  view.show(section.id);
  view.focus(`${name}-title`);
  return new Promise((resolve) => {
    const answer = (found) => {
      clearTimeout(timer);
      section.removeEventListener("click", onClick);
      actions.stop();
      view.show(section.id, false);
      resolve(found);
    };
    const actions = open(answer, (found) => {
      best = found;
    });
    const timer = setTimeout(() => answer(best), PATIENCE_MS);
    const onClick = ({ target }) => {
      const button = target.closest("button[data-answer]");
      if (button?.dataset.answer === "skip") answer(best);
      else if (button) actions[button.dataset.answer](section, button);
    };
    section.addEventListener("click", onClick);
  });
}
