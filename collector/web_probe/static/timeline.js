// What had arrived until when: the raw material of an estimate. Pure; mirrors agent/throughput/timeline.py.

import { median, rounded } from "./statistics.js";

export const MARK_S = 0.001; // arrivals closer together than this share a mark

// Bytes that had arrived in all (`totals`) at rising moments (`timesS`), from `startS` on. `resolutionS` is how far
// its marks lie apart where a count or a clock is coarse; shorter spans say nothing of their own.
export class Timeline {
  #markBeganS = 0;

  constructor(startS, resolutionS = MARK_S) {
    this.startS = startS;
    this.resolutionS = resolutionS;
    this.timesS = [];
    this.totals = [];
  }

  get total() {
    return this.totals.at(-1) ?? 0;
  }

  get endS() {
    return this.timesS.at(-1) ?? this.startS;
  }

  // `total` bytes had arrived at `momentS`; neither may fall.
  add(momentS, total) {
    if (this.timesS.length && momentS - this.#markBeganS < MARK_S) {
      this.timesS[this.timesS.length - 1] = momentS;
      this.totals[this.totals.length - 1] = total;
    } else {
      this.#markBeganS = momentS;
      this.timesS.push(momentS);
      this.totals.push(total);
    }
  }

  // Bytes that had arrived at `momentS`, by straight lines between the marks.
  bytesAt(momentS) {
    const place = after(this.timesS, momentS);
    const beforeS = place ? this.timesS[place - 1] : this.startS;
    const before = place ? this.totals[place - 1] : 0;
    if (place === this.timesS.length) return before;
    const nextS = this.timesS[place];
    if (momentS <= beforeS || nextS <= beforeS) return before;
    return before + ((this.totals[place] - before) * (momentS - beforeS)) / (nextS - beforeS);
  }

  // The rate in each of `pieces` equal parts of a span.
  ratesMbitS(fromS, toS, pieces) {
    const stepS = (toS - fromS) / pieces;
    const rates = [];
    let earlier = this.bytesAt(fromS);
    for (let n = 1; n <= pieces; n++) {
      const later = this.bytesAt(fromS + n * stepS);
      rates.push(((later - earlier) * 8) / 1_000_000 / stepS);
      earlier = later;
    }
    return rates;
  }
}

// A lane is one connection as its receiver counted it: {startS, marks: [[moment in seconds, bytes in all], ...]}.
export function laneEndS(lane) {
  return lane.marks.at(-1)[0];
}

// All lanes as one timeline, over the time in which all of them were active: stragglers are left out. Where it is known
// from when to when all of them were to carry data, `spanS`, in seconds after the first bytes of all, it is that time
// instead. Its `endS` is not after its `startS` when they were never active at once.
export function merged(lanes, spanS = null) {
  const singles = lanes.map(single);
  let startS = Math.max(...lanes.map((lane) => lane.startS));
  let endS = Math.min(...lanes.map(laneEndS));
  if (spanS !== null) {
    const firstS = Math.min(...lanes.map((lane) => lane.startS));
    startS = firstS + spanS[0];
    endS = Math.min(firstS + spanS[1], Math.max(...lanes.map(laneEndS)));
  }
  const whole = new Timeline(startS, Math.max(...lanes.map(spacingS)));
  const moments = new Set();
  for (const one of singles) for (const momentS of one.timesS) if (startS < momentS && momentS <= endS) moments.add(momentS);
  const sumAt = (momentS) => singles.reduce((total, one) => total + one.bytesAt(momentS), 0);
  const before = sumAt(startS);
  whole.timesS = Array.from(Float64Array.from(moments).sort());
  whole.totals = whole.timesS.map((momentS) => rounded(sumAt(momentS) - before));
  return whole;
}

function single(lane) {
  const timeline = new Timeline(lane.startS);
  for (const [momentS, total] of lane.marks) {
    timeline.timesS.push(momentS);
    timeline.totals.push(total);
  }
  return timeline;
}

function spacingS(lane) {
  let earlierS = lane.startS;
  const steps = lane.marks.map(([momentS]) => {
    const stepS = momentS - earlierS;
    earlierS = momentS;
    return stepS;
  });
  return Math.max(MARK_S, median(steps));
}

// The first place in a rising list whose value lies beyond `wanted`.
function after(rising, wanted) {
  let low = 0, high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (wanted < rising[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}
