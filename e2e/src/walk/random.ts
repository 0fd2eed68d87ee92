/** Chances that are the same on every machine and in every run for the same seed. */
export type Random = {
  /** A whole number from 0 to below that. */
  readonly below: (many: number) => number;
  /** Whether that share of all tries comes true. */
  readonly chance: (share: number) => boolean;
  /** One of them; undefined of none. */
  readonly pick: <T>(items: readonly T[]) => T | undefined;
};

/** Mulberry32: small, and spread well enough for a walk. */
export const createRandom = (seed: number): Random => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (many: number): number => Math.floor(next() * many);
  return { below, chance: (share) => next() < share, pick: (items) => items[below(items.length)] };
};
