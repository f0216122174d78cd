// Means as Python's `statistics` takes them, so that both engines come to the same numbers. Pure.

// The sum without the error that plain addition piles up (Neumaier 1974).
function sum(values) {
  let total = 0, lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? (total - next) + value : (value - next) + total;
    total = next;
  }
  return total + lost;
}

export function mean(values) {
  return sum(values) / values.length;
}

// Of a sample: divided by one less than their number.
export function variance(values) {
  const middle = mean(values);
  return sum(values.map((value) => (value - middle) * (value - middle))) / (values.length - 1);
}

export function median(values) {
  const sorted = ascending(values);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export function ascending(values) {
  return Float64Array.from(values).sort();
}

// To whole numbers, halves to the even one.
export function rounded(value) {
  const near = Math.round(value);
  return near - value === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

// To so many decimals; null stays null. Only an odd number of such parts of two lies exactly between two decimals.
export function decimals(value, places) {
  if (value === null) return null;
  const halfway = Math.abs((value * 2 ** (places + 1)) % 2) === 1;
  return halfway ? rounded(value * 10 ** places) / 10 ** places : Number(value.toFixed(places));
}
