// One visit, from joining to the answer. Nothing is judged here: the collector does, by the rules that judge agents.

import { PROBE as BROWSERS, LOCKED, browserFacts, running } from "./browser.js";
import { Refused, ask } from "./collector.js";
import { PROBE as DEVICE, clientHints, machineFacts, withAnswers } from "./device.js";
import { PROBE as LOCKDOWN, lockdownFacts } from "./lockdown.js";
import { Network } from "./network.js";
import { insisting } from "./patience.js";
import { Presence } from "./presence.js";
import { askKeyboard, askSound } from "./questions.js";
import { result } from "./report.js";

const CONNECT_ATTEMPTS = 2;
const CLOCK_OFF_S = 60;
const UNANSWERED = "not_answered";

export class Visit {
  constructor(window, told, { membership, outbox, kept }, view) {
    this.window = window;
    this.told = told;
    this.membership = membership;
    this.outbox = outbox;
    this.kept = kept;
    this.view = view;
    this.measured = [];
    this.unsent = [];
    this.around = null;
    this.clockOffS = 0;
    this.keyboard = { present: null, reason: UNANSWERED };
    this.sound = { heard: null, reason: UNANSWERED };
  }

  async run() {
    this.presence = new Presence(this.window);
    await this.#look();
    const connected = await this.#connect();
    if (connected.refused) return;
    this.presence.keep((mark) => this.#stillHere(mark));
    const leave = () => this.#leaveEarly();
    addEventListener("pagehide", leave);
    const { latency, throughput } = this.#measureAll(connected.network);
    await this.#ask();
    await latency;
    removeEventListener("pagehide", leave);
    await this.#deliver([...this.#seen(), ...this.unsent.splice(0)]);
    await throughput;
    if (this.unsent.length > 0) await this.#deliver(this.unsent.splice(0));
  }

  async #look() {
    this.view.check("machine", "going");
    this.began = new Date();
    const { navigator } = this.window;
    const hints = await clientHints(navigator);
    this.browser = running(hints, navigator.userAgent);
    this.machine = await machineFacts(this.window, hints);
    this.view.device(this.#described());
    this.view.check("machine", "done");
  }

  #described() {
    const { os_title: system, screen_width_px: width, screen_height_px: height } = this.machine.facts;
    const screen = width ? this.view.sentence("screen", { width: String(width), height: String(height) }) : null;
    return [this.browser.title, system, screen].filter(Boolean).join(" · ");
  }

  // {network, refused}: without a network to measure where the collector can not be reached now.
  async #connect() {
    this.view.check("network", "going");
    try {
      const policy = await insisting(
        () => this.membership.use(({ token }) => ask("GET", "/api/v1/policy", { token })),
        { away: () => this.view.say("away"), attempts: CONNECT_ATTEMPTS },
      );
      await this.#lookAround();
      return { network: new Network(this.membership, policy, this.view), refused: false };
    } catch (error) {
      this.view.check("network", "failed");
      this.view.check("line", "later");
      const refused = error instanceof Refused;
      if (refused) this.#explain(error);
      return { network: null, refused };
    }
  }

  // What the collector saw of our request, and how far off our clock is: no more exactly than a question takes.
  async #lookAround() {
    this.around = await ask("GET", "/api/v1/web-devices/surroundings").catch(() => null);
    if (this.around) this.clockOffS = (Date.now() - Date.parse(this.around.now)) / 1000;
  }

  // Both go on while the pupil answers.
  #measureAll(network) {
    if (!network) return { latency: null, throughput: null };
    const latency = this.#measure("network", () => network.latency());
    const throughput = latency.then(() => this.#measure("line", () => network.throughput()));
    return { latency, throughput };
  }

  // Notes the result that `measure` gives, if any. What goes wrong ends this part and no other.
  async #measure(check, measure) {
    this.view.check(check, "going");
    try {
      const found = await measure();
      this.view.check(check, found === null ? "later" : found.status === "ok" ? "done" : "failed");
      if (found === null) return;
      this.measured.push(found);
      this.unsent.push(found);
      this.#figures();
    } catch (error) {
      this.view.check(check, error instanceof Refused ? "later" : "failed");
      if (check === "line") this.view.say("line_later");
    }
  }

  async #ask() {
    this.keyboard = await askKeyboard(this.window, this.view, this.machine.facts.os_name);
    this.view.check("keyboard", answered(this.keyboard));
    this.sound = await askSound(this.window, this.view);
    this.view.check("sound", answered(this.sound));
    this.view.focus("running-title");
  }

  // What the page sees and what the pupil answered.
  #seen() {
    const machine = withAnswers(this.machine, this.keyboard, this.sound);
    const lockdown = lockdownFacts(this.window, this.around, machine.facts.os_name);
    const browser = lockdown.facts.seb_in_use ? LOCKED : this.browser;
    return [
      result(BROWSERS, this.began, browserFacts(browser)),
      result(DEVICE, this.began, machine),
      result(LOCKDOWN, this.began, lockdown),
      this.presence.mark(this.began),
    ];
  }

  async #stillHere(mark) {
    const identity = this.membership.known;
    if (identity) await this.outbox.sendNow(identity, this.told.room, [mark]);
  }

  // Who closes the page before the end leaves what was found until then.
  #leaveEarly() {
    this.outbox.put(this.told.school, this.told.room, [...this.#seen(), ...this.unsent.splice(0)]);
    const identity = this.membership.known;
    if (identity) this.outbox.send(identity, { keepalive: true }).catch(() => undefined);
  }

  // Sends, however long the network is away, and shows what the collector says.
  async #deliver(results) {
    this.outbox.put(this.told.school, this.told.room, results);
    this.view.check("sent", "going");
    const away = () => this.#away();
    try {
      await insisting(() => this.membership.use((identity) => this.outbox.send(identity)), { away });
      const verdict = await insisting(() => this.membership.use(({ token }) => this.#verdict(token)), { away });
      this.#answer(verdict);
      this.view.check("sent", "done");
    } catch (error) {
      this.view.check("sent", "failed");
      this.#explain(error);
    }
  }

  #verdict(token) {
    return ask("GET", `/api/v1/web-devices/verdict?lang=${this.told.language}`, { token });
  }

  #answer({ status, headline, findings }) {
    const whatNow = this.view.sentence(this.kept ? "stay_open" : "not_kept");
    this.view.answer(status, headline, whatNow, findings);
    this.#figures();
    this.view.say("answered", { headline });
    this.view.focus("headline");
  }

  #away() {
    this.view.check("sent", "waiting_network");
    this.view.say("away");
    this.view.answer("unknown", this.view.sentence("headline_away"), this.view.sentence("away"));
  }

  // Why there is no answer, in words that say what to do.
  #explain(error) {
    const code = error instanceof Refused ? `refused_${error.code}` : "gave_up";
    const known = code in this.view.words ? code : "refused_other";
    const values = { code: error.code ?? "" };
    this.view.answer("unknown", this.view.sentence("headline_none"), this.view.sentence(known, values));
    this.view.say(known, values);
  }

  #figures() {
    const pairs = this.measured.filter(({ status }) => status === "ok").flatMap(({ probe, facts }) => shown(probe, facts));
    const offS = Math.abs(this.clockOffS);
    if (offS > CLOCK_OFF_S) pairs.push(["clock", { minutes: Math.round(offS / 60) }]);
    this.view.figures(pairs);
  }
}

function answered({ reason }) {
  if (reason === null) return "done";
  return reason === UNANSWERED ? "skipped" : "unsure";
}

// The figures that mean something to whoever sits there.
function shown(probe, facts) {
  if (probe === "latency") return [["delay", { ms: facts.rtt_median_ms }]];
  return [
    ["down", { mbit: facts.down_mbit_s }],
    ["up", { mbit: facts.up_mbit_s }],
  ];
}
