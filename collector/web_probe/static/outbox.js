// Reports that wait to be sent: kept over a lost network and over visits, sent once. When it is full the oldest go.

import { ask } from "./collector.js";
import { identifier, stamped } from "./report.js";

const KEPT = "outbox";
const REPORTS_MAX = 20;

export class Outbox {
  constructor(storage, version) {
    this.storage = storage;
    this.version = version;
  }

  get waiting() {
    const found = this.storage.get(KEPT);
    return Array.isArray(found) ? found : [];
  }

  put(school, room, results) {
    const waiting = [...this.waiting, { report_id: identifier(), school, room, results }];
    this.storage.put(KEPT, waiting.slice(-REPORTS_MAX));
  }

  // Sends all that waits for the identity's school. Throws Away or Refused; then nothing is lost. A report that was
  // answered is done with: the collector keeps those that it rejects, and says so to IT.
  async send(identity, options = {}) {
    const own = this.waiting.filter(({ school }) => school === identity.school);
    if (own.length === 0) return;
    const reports = own.map((one) => stamped(one, identity, this.version));
    const { answers } = await ask("POST", "/api/v1/reports", { token: identity.token, body: { reports }, ...options });
    const answered = new Set(answers.map(({ index }) => own[index]?.report_id));
    this.storage.put(KEPT, this.waiting.filter((one) => !answered.has(one.report_id)));
  }

  // Sends what is worth nothing later. Throws Away or Refused; then it is lost.
  async sendNow(identity, room, results) {
    const { school } = identity;
    const report = stamped({ report_id: identifier(), school, room, results }, identity, this.version);
    await ask("POST", "/api/v1/reports", { token: identity.token, body: { reports: [report] } });
  }
}
