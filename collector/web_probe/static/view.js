// What the page shows: sentences put in, sections shown and hidden, the answer laid out. Decides nothing.

export class View {
  constructor(document, words, language) {
    this.document = document;
    this.words = words;
    this.numbers = new Intl.NumberFormat(language === "sv" ? "sv-SE" : "en-GB", { maximumSignificantDigits: 3 });
  }

  // The sentence `code` with values put in, and `{minutes|minut|minuter}` by what the reader sees of that value.
  sentence(code, values = {}) {
    const written = (name) => this.#written(values[name]);
    return this.words[code]
      .replace(/\{(\w+)\|([^|{}]*)\|([^|{}]*)\}/g, (_, name, one, many) => (written(name) === "1" ? one : many))
      .replace(/%\((\w+)\)s/g, (_, name) => written(name));
  }

  #written(value) {
    return typeof value === "number" ? this.numbers.format(value) : String(value);
  }

  element(id) {
    return this.document.getElementById(id);
  }

  show(id, shown = true) {
    this.element(id).hidden = !shown;
  }

  // Puts the reader, also one who listens, where the page goes on.
  focus(id) {
    this.element(id).focus({ preventScroll: false });
  }

  // Said aloud by a screen reader when it is free.
  say(code, values) {
    this.element("said").textContent = this.sentence(code, values);
  }

  check(name, state) {
    this.document.querySelector(`[data-check="${name}"] .state`).textContent = this.sentence(`state_${state}`);
  }

  device(text) {
    this.element("device").textContent = text;
  }

  // The collector's verdict, or what is said in its place.
  answer(status, headline, whatNow, findings = []) {
    for (const mark of this.document.querySelectorAll(".verdict-marks")) mark.hidden = mark.dataset.status !== status;
    this.element("answer").className = `verdict verdict-${status}`;
    this.element("headline").textContent = headline;
    this.element("what-now").textContent = whatNow;
    this.#list("findings", findings.filter(({ counts }) => counts));
    const unseen = findings.filter(({ counts }) => !counts);
    this.#list("findings-unseen", unseen);
    this.show("unseen", unseen.length > 0);
    this.show("answer");
  }

  #list(id, findings) {
    this.element(id).replaceChildren(...findings.map((finding) => this.#finding(finding)));
  }

  #finding({ title, status, found, remedy }) {
    const mark = this.document.querySelector(`.verdict-marks[data-status="${status}"] .badge`).cloneNode(true);
    const heading = this.#made("h3", "");
    heading.append(mark, title);
    const item = this.#made("li", "");
    item.append(heading, this.#made("p", found));
    if (remedy) {
      const box = this.#made("p", remedy);
      box.className = "remedy";
      item.append(box);
    }
    return item;
  }

  // What was measured, as pairs of a code and values.
  figures(pairs) {
    const rows = pairs.map(([code, values]) => {
      const row = this.#made("div", "");
      row.append(this.#made("dt", this.sentence(`figure_${code}`)), this.#made("dd", this.sentence(`value_${code}`, values)));
      return row;
    });
    this.element("figures").replaceChildren(...rows);
  }

  #made(tag, text) {
    const element = this.document.createElement(tag);
    if (text) element.textContent = text;
    return element;
  }
}
