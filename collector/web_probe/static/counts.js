// The receiver's count of an upload, believed only where it can be true. Pure; mirrors agent/throughput/counts.py.

import { MeasureFailure } from "./failure.js";

const CLOCKS_DIFFER_S = 0.5; // so much longer than we waited may a receiver have counted

// The lane of one upload of `sentBytes` that was answered within `tookS`: {startS, marks}. Throws MeasureFailure if the
// receiver's answer can't be read or can't be true.
export function countedLane(body, sentBytes, tookS) {
  const count = parsed(body);
  let total = 0;
  const marks = count.slices.map((piece) => {
    total += piece.bytes;
    return [count.started_s + piece.until_s, total];
  });
  const momentsS = [count.started_s, ...marks.map(([momentS]) => momentS)];
  const possible =
    marks.length > 0 &&
    momentsS.every(Number.isFinite) &&
    momentsS.every((momentS, n) => n === 0 || momentsS[n - 1] <= momentS) &&
    count.slices.every((piece) => piece.bytes >= 0) &&
    total === count.bytes && count.bytes === sentBytes &&
    momentsS.at(-1) - momentsS[0] <= tookS + CLOCKS_DIFFER_S;
  if (!possible) {
    const sent = `${sentBytes} bytes were sent within ${tookS.toFixed(1)} s`;
    throw new MeasureFailure("up_impossible_count", `${count.bytes} bytes in slices of ${total} after ${sent}`);
  }
  return { startS: count.started_s, marks };
}

function parsed(body) {
  try {
    const count = JSON.parse(body);
    const isNumber = (value) => typeof value === "number";
    const readable =
      isNumber(count.started_s) && Number.isInteger(count.bytes) &&
      count.slices.every((piece) => isNumber(piece.until_s) && Number.isInteger(piece.bytes));
    if (readable) return count;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new MeasureFailure("up_garbled_count", "the receiver's count can't be read");
}

// Several uploads that followed each other on one connection within `tookS`, as one lane: between them it stood still.
// Throws MeasureFailure if one clock can't have counted them so.
export function joined(lanes, tookS) {
  const marks = [...lanes[0].marks];
  for (const lane of lanes.slice(1)) {
    const [endS, total] = marks.at(-1);
    if (lane.startS < endS) throw new MeasureFailure("up_impossible_count", "one upload was counted before the one before it");
    marks.push([lane.startS, total]);
    for (const [momentS, bytes] of lane.marks) marks.push([momentS, total + bytes]);
  }
  const countedS = marks.at(-1)[0] - lanes[0].startS;
  if (countedS > tookS + CLOCKS_DIFFER_S) {
    throw new MeasureFailure("up_impossible_count", `counted for ${countedS.toFixed(1)} s within ${tookS.toFixed(1)} s`);
  }
  return { startS: lanes[0].startS, marks };
}

// The seconds from `fromS` on in which any lane received something. Where a proxy keeps uploads back, it passes each on
// at once, and in between nothing comes.
export function receivingS(lanes, fromS) {
  const spans = lanes.flatMap((lane) =>
    lane.marks.map(([momentS, total], n) => {
      const [earlierS, before] = n ? lane.marks[n - 1] : [lane.startS, 0];
      return total > before ? [Math.max(fromS, earlierS), momentS] : [momentS, momentS];
    }),
  );
  let seconds = 0, untilS = fromS;
  for (const [beginS, endS] of spans.sort((one, other) => one[0] - other[0])) {
    seconds += Math.max(0, endS - Math.max(untilS, beginS));
    untilS = Math.max(untilS, endS);
  }
  return seconds;
}
