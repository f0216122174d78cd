// Uploads: sent from here, counted where they arrive. Browsers can't stream an upload over HTTP/1.1, so each connection
// sends pieces one after the other, and the receiver's counts of them are laid beside each other by its own clock.

import { nowS } from "./clock.js";
import { countedLane, joined } from "./counts.js";
import { driven } from "./exchange.js";
import { MeasureFailure } from "./failure.js";
import { LostError } from "./point.js";
import { merged } from "./timeline.js";

const RANDOM_BYTES = 262_144;
const PIECE_BYTES_MIN = 16_384, PIECE_BYTES_MAX = 8_388_608;
const PIECE_S = 0.4; // so long a piece takes: long ones waste no round trips, short ones end in time
const PIECE_ROUND_TRIPS = 8;
const GROWTH_MAX = 4;
const SPREAD = 0.25; // pieces differ by so much either way, so that connections do not pause together
const ANSWER_TIMEOUT_S = 10; // so long the receiver's count may take after the end of sending

// All connections of one upload. `sent` counts what was handed to the browser; `lanes()` is what arrived.
export class Upload {
  sent = 0;
  stopReason = null;
  endingS = null;
  #point;
  #rule;
  #run; // {watch, connections, ending}
  #beganS = nowS();
  #body = incompressible();
  #connections = [];
  #news = false;

  constructor(point, rule, run) {
    this.#point = point;
    this.#rule = rule;
    this.#run = run;
  }

  // Until the stop rule ends it and every count has come. Throws MeasureFailure or LostError.
  async run() {
    const parties = [];
    for (let number = 0; number < this.#run.connections; number++) parties.push(this.#pieces());
    await driven(this.#run.watch, this.#run.ending, parties, (now) => this.#tick(now));
    this.endingS ??= nowS();
    this.stopReason ??= "bytes";
  }

  // What the receiver counted on each connection. Throws MeasureFailure if that can't be true.
  lanes() {
    return this.#connections.map(({ lanes, askedS, answeredS }) => joined(lanes, answeredS - askedS));
  }

  get #room() {
    return this.endingS === null ? this.#rule.limits.max_bytes - this.sent : 0;
  }

  // One connection: a piece, its count, and the next one, as long as there is room.
  async #pieces() {
    const connection = { lanes: [], askedS: nowS(), answeredS: nowS() };
    this.#connections.push(connection);
    let wanted = PIECE_BYTES_MIN;
    while (this.#room > 0) {
      const size = Math.min(this.#room, Math.round(wanted * (1 - SPREAD + 2 * SPREAD * Math.random())));
      const tookS = await this.#piece(connection, size);
      const aimS = Math.max(PIECE_S, PIECE_ROUND_TRIPS * this.#rule.rttS);
      wanted = Math.min(PIECE_BYTES_MAX / (1 + SPREAD), Math.max(PIECE_BYTES_MIN, size * Math.min(GROWTH_MAX, aimS / tookS)));
    }
  }

  async #piece(connection, size) {
    const askedS = nowS();
    this.sent += size;
    const signal = this.#run.ending.signal;
    const response = await this.#point.answer("up", "up", signal, this.#body.slice(0, size));
    const count = await textOf(response);
    connection.answeredS = nowS();
    connection.lanes.push(countedLane(count, size, connection.answeredS - askedS));
    this.#news = true;
    return Math.max(connection.answeredS - askedS, 0.001);
  }

  #tick(now) {
    if (this.endingS !== null) {
      if (now - this.endingS <= ANSWER_TIMEOUT_S) return;
      throw new MeasureFailure("up_stalled", `no count came within ${ANSWER_TIMEOUT_S} s of the end`);
    }
    this.stopReason = this.#rule.reason(null, this.sent, this.#beganS, now) ?? this.#steady();
    if (this.stopReason !== null) this.endingS = now;
  }

  // Whether what has been counted so far is enough.
  #steady() {
    if (!this.#news || !this.#connections.every(({ lanes }) => lanes.length)) return null;
    this.#news = false;
    const timeline = merged(this.lanes());
    return this.#rule.reason(timeline, 0, timeline.startS, timeline.endS);
  }
}

async function textOf(response) {
  try {
    return await response.text();
  } catch (error) {
    throw new LostError(`${error.name}: ${error.message}`);
  }
}

// What is sent, over and over: nothing on the way can compress it.
function incompressible() {
  const random = new Uint8Array(RANDOM_BYTES);
  for (let from = 0; from < RANDOM_BYTES; from += 65_536) crypto.getRandomValues(random.subarray(from, from + 65_536));
  return new Blob(Array(PIECE_BYTES_MAX / RANDOM_BYTES).fill(random));
}
