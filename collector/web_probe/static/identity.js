// Who this browser is to the collector: a number and a token, given without login, about no person. In a supervised
// session it takes part before it is asked anything else, so that what it sends counts.

import { Refused, ask } from "./collector.js";

const KEPT = "identity";

export class Membership {
  constructor(storage, { school, room, session }) {
    this.storage = storage;
    this.place = { school, room };
    this.session = session;
    this.joining = null;
    this.takesPart = !session;
  }

  // What an earlier visit to the same school left, or null: {deviceId, token, school}.
  get known() {
    const found = this.storage.get(KEPT);
    return found?.school === this.place.school && found.deviceId && found.token ? found : null;
  }

  // What `question` gives for the identity. One that the collector does not know any more is exchanged for a new one.
  // Throws what `ask` throws.
  async use(question) {
    try {
      return await question(await this.#identity());
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401)) throw error;
      this.storage.remove(KEPT);
      return question(await this.#joined());
    }
  }

  async #identity() {
    const { known } = this;
    if (!known) return this.#joined();
    if (!this.takesPart) {
      await ask("POST", "/api/v1/web-devices/session", { token: known.token, body: { session: this.session } });
      this.takesPart = true;
    }
    return known;
  }

  // Whoever asks meanwhile gets the same identity.
  #joined() {
    this.joining ??= this.#join().finally(() => {
      this.joining = null;
    });
    return this.joining;
  }

  async #join() {
    const where = this.session ? { session: this.session } : this.place;
    const given = await ask("POST", "/api/v1/web-devices", { body: { ...where, kept: this.storage.kept } });
    this.takesPart = true;
    const identity = { deviceId: given.device_id, token: given.token, school: this.place.school };
    this.storage.put(KEPT, identity);
    return identity;
  }
}
