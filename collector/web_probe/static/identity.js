// Who this browser is to the collector: a number and a token, given without login, about no person.

import { Refused, ask } from "./collector.js";

const KEPT = "identity";

export class Membership {
  constructor(storage, { school, room }) {
    this.storage = storage;
    this.place = { school, room };
    this.joining = null;
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
      return await question(this.known ?? (await this.#joined()));
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401)) throw error;
      this.storage.remove(KEPT);
      return question(await this.#joined());
    }
  }

  // Whoever asks meanwhile gets the same identity.
  #joined() {
    this.joining ??= this.#join().finally(() => {
      this.joining = null;
    });
    return this.joining;
  }

  async #join() {
    const given = await ask("POST", "/api/v1/web-devices", { body: { ...this.place, kept: this.storage.kept } });
    const identity = { deviceId: given.device_id, token: given.token, school: this.place.school };
    this.storage.put(KEPT, identity);
    return identity;
  }
}
