// Uploads: sent from here, counted where they arrive. Browsers can't stream an upload over HTTP/1.1, so each connection
// sends pieces one after the other, and the receiver's counts of them are laid beside each other by its own clock.

import { nowS } from "./clock.js";
import { countedLane, joined } from "./counts.js";
import { MeasureFailure } from "./failure.js";
import { Load } from "./load.js";
import { LostError } from "./point.js";
import { laneEndS, merged } from "./timeline.js";

const RANDOM_BYTES = 262_144;
const PIECE_BYTES_MIN = 16_384, PIECE_BYTES_MAX = 8_388_608;
const PIECE_S = 0.6; // so long a piece takes: long ones waste no round trips, short ones end in time
const PIECE_ROUND_TRIPS = 25;
const GROWTH_MAX = 4;
const SPREAD = 0.25; // pieces differ by so much either way, so that connections do not pause together
const ANSWER_TIMEOUT_S = 10; // so long the receiver's count may take after the end of sending

// All connections of one upload. `sent` counts what was handed to the browser; `lanes()` is what arrived.
export class Upload extends Load {
  sent = 0;
  #body = incompressible();
  #uploads = [];
  #news = false;
  #kept = Infinity;

  get carried() {
    return this.sent;
  }

  // What the receiver counted on each connection that carried anything. Throws MeasureFailure if that can't be true.
  lanes() {
    const carrying = this.#uploads.filter(({ lanes }) => lanes.length);
    if (!carrying.length) throw new MeasureFailure("up_too_short", "the end came before anything was counted");
    return carrying.map(({ lanes, askedS, answeredS }) => joined(lanes, answeredS - askedS));
  }

  // Bytes that may still be carried, by all connections together.
  get #room() {
    return this.stopReason === null ? this.rule.limits.max_bytes - this.sent : 0;
  }

  // One connection: a piece, its count, and the next one, as long as there is room.
  async party(number) {
    const connection = { lanes: [], askedS: nowS(), answeredS: nowS(), ended: false };
    this.#uploads.push(connection);
    let wanted = PIECE_BYTES_MIN;
    while (this.#room > 0 && number < this.#kept) {
      const size = Math.min(this.#room, Math.round(wanted * (1 - SPREAD + 2 * SPREAD * Math.random())));
      const tookS = await this.#piece(connection, size);
      const aimS = Math.max(PIECE_S, PIECE_ROUND_TRIPS * this.rule.rttS);
      wanted = Math.min(PIECE_BYTES_MAX / (1 + SPREAD), Math.max(PIECE_BYTES_MIN, size * Math.min(GROWTH_MAX, aimS / tookS)));
    }
    connection.ended = true;
  }

  // From now on only so many connections go on, once the others have ended what they began.
  keep(count) {
    this.#kept = count;
  }

  async #piece(connection, size) {
    const askedS = nowS();
    this.sent += size;
    const signal = this.run.ending.signal;
    const response = await this.point.answer("up", "up", signal, this.#body.slice(0, size));
    const count = await textOf(response);
    connection.answeredS = nowS();
    connection.lanes.push(countedLane(count, size, connection.answeredS - askedS));
    this.#news = true;
    return Math.max(connection.answeredS - askedS, 0.001);
  }

  tick(now) {
    if (this.stopReason !== null) {
      if (now - this.endedS <= ANSWER_TIMEOUT_S) return;
      throw new MeasureFailure("up_stalled", `no count came within ${ANSWER_TIMEOUT_S} s of the end`);
    }
    if (this.#news && this.#uploads.every(({ lanes }) => lanes.length)) this.timeline = this.#counted();
    this.#news = false;
    this.look(now, this.timeline?.endS);
  }

  // What is known so far of the connections that go on, from when they were alone; null before.
  #counted() {
    const lanes = this.lanes();
    const going = lanes.slice(0, this.#kept), others = lanes.slice(this.#kept);
    if (!others.length) return merged(going);
    if (!this.#uploads.slice(this.#kept).every(({ ended }) => ended)) return null;
    const firstS = Math.min(...going.map((lane) => lane.startS));
    const untilS = Math.min(...going.map(laneEndS));
    return merged(going, [Math.max(...others.map(laneEndS)) - firstS, untilS - firstS]);
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
