/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Draws ranks from 0 to `count` - 1, the n-th with a weight of 1 / n^`exponent`. */
export const zipf = (count: number, exponent: number, random: () => number): (() => number) => {
  const weights = Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** exponent);
  let sum = 0;
  const upTo = weights.map((weight) => (sum += weight));
  return () => {
    const at = random() * sum;
    const rank = upTo.findIndex((end) => end > at);
    return rank < 0 ? count - 1 : rank;
  };
};

export type Arrival = { readonly atMs: number; readonly rank: number };

/** Arrivals of an open loop: whoever comes does not wait for those before (exponential times between them). */
export const arrivals = (
  { perSecond, forMs }: { readonly perSecond: number; readonly forMs: number },
  draw: () => number,
  random: () => number,
): Arrival[] => {
  const all: Arrival[] = [];
  for (let atMs = 0; ; ) {
    atMs += (-Math.log(1 - random()) / perSecond) * 1000;
    if (atMs >= forMs) return all;
    all.push({ atMs, rank: draw() });
  }
};
