// Downloads: what arrives here, counted here.

import { nowS } from "./clock.js";
import { following } from "./exchange.js";
import { MeasureFailure } from "./failure.js";
import { Load } from "./load.js";
import { LostError } from "./point.js";
import { Timeline } from "./timeline.js";

const BUFFER_BYTES = 262_144;
const ANSWER_TIMEOUT_S = 10; // so long a measurement point may take to begin its answer
// So much later than a handshake or three the first byte of all never comes, unless something keeps the answer back.
const HELD_BACK_S = 1, HELD_BACK_ROUND_TRIPS = 6;
const QUIET_S = 1; // so long nothing may arrive at the end of a run

// All connections of one download. `received` counts bodies.
export class Download extends Load {
  received = 0;
  #arrivedS = nowS();
  #silent = new Set();
  #before = 0;
  #own = [];

  async carry() {
    await super.carry();
    this.run.ending.abort();
    this.#check();
  }

  get carried() {
    return this.received;
  }

  // Bytes that may still be carried, by all connections together.
  get #room() {
    return this.rule.limits.max_bytes - this.received;
  }

  async party(number) {
    const own = following(this.run.ending.signal);
    this.#own.push(own);
    this.#silent.add(number);
    try {
      await this.#arrivals(number, own.signal);
    } catch (error) {
      if (!own.signal.aborted) throw error;
    }
  }

  // From now on only so many connections go on.
  keep(count) {
    for (const own of this.#own.splice(count)) own.abort();
    this.#begin(nowS());
  }

  // One connection: asks, reads, and asks again when the measurement point gives less than is wanted.
  async #arrivals(number, signal) {
    while (this.#room > 0 && !signal.aborted) {
      const asked = this.#room;
      const response = await this.point.answer(`down?bytes=${asked}`, "down", signal);
      await this.#read(response, announcedBytes(response, asked), number);
    }
  }

  async #read(response, announced, number) {
    const reader = new BodyReader(response.body);
    let left = announced;
    for (let size; this.#room > 0 && (size = await reader.size()); ) {
      if (size > left) throw new MeasureFailure("down_wrong_length", `${size - left} bytes more than announced`);
      left -= size;
      this.#count(number, Math.min(size, this.#room));
    }
    if (this.#room > 0 && left > 0) throw new MeasureFailure("down_ended_early", `it ended with ${left} bytes to come`);
    if (this.#room <= 0) this.run.ending.abort();
  }

  #count(number, size) {
    const now = nowS();
    if (this.received === 0) this.#refuseBuffered(now - this.beganS);
    this.received += size;
    this.#arrivedS = now;
    this.#silent.delete(number);
    if (this.timeline !== null) this.timeline.add(now, this.received - this.#before);
    else if (!this.#silent.size) this.#begin(now);
  }

  #refuseBuffered(waitedS) {
    if (waitedS <= HELD_BACK_S + HELD_BACK_ROUND_TRIPS * this.rule.rttS) return;
    throw new MeasureFailure("down_buffered", `nothing came for ${waitedS.toFixed(1)} s: a proxy keeps downloads back`);
  }

  // All that are wanted carry data: from here on it counts.
  #begin(now) {
    this.timeline = new Timeline(now, this.run.resolutionS);
    this.#before = this.received;
  }

  tick(now) {
    if (this.received === 0) {
      if (now - this.beganS <= ANSWER_TIMEOUT_S) return;
      throw new MeasureFailure("down_no_answer", `nothing came within ${ANSWER_TIMEOUT_S} s`);
    }
    if (this.stopReason === null) this.look(now, now);
    if (this.stopReason !== null) this.run.ending.abort();
  }

  #check() {
    if (this.received === 0) throw new MeasureFailure("down_no_data", "the measurement point sent no data");
    if (this.timeline === null && this.#silent.size) {
      throw new MeasureFailure("down_stalled", `${this.#silent.size} connections carried nothing`);
    }
    const quietS = nowS() - this.#arrivedS;
    if (quietS > QUIET_S) throw new MeasureFailure("down_stalled", `nothing came in the last ${quietS.toFixed(1)} s`);
  }
}

function announcedBytes(response, asked) {
  const written = response.headers.get("Content-Length");
  if (written === null) throw new MeasureFailure("down_no_length", "the answer does not say how long it is");
  const length = Number(written);
  if (length > 0 && length <= asked) return length;
  const code = length === 0 ? "down_no_data" : "down_wrong_length";
  throw new MeasureFailure(code, `${written} bytes announced where ${asked} were asked for`);
}

// Reads a body for its length alone: into one buffer over and over where the browser can.
class BodyReader {
  #reader;
  #buffer = null;

  constructor(body) {
    try {
      this.#reader = body.getReader({ mode: "byob" });
      this.#buffer = new ArrayBuffer(BUFFER_BYTES);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      this.#reader = body.getReader();
    }
  }

  // Bytes that have come since, 0 at the end. Throws LostError.
  async size() {
    try {
      const { done, value } = await this.#next();
      if (this.#buffer && value) this.#buffer = value.buffer;
      return done ? 0 : value.byteLength;
    } catch (error) {
      throw new LostError(`${error.name}: ${error.message}`);
    }
  }

  #next() {
    return this.#buffer ? this.#reader.read(new Uint8Array(this.#buffer)) : this.#reader.read();
  }
}
