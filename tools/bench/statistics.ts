/** The value below which a share of the samples lies; `share` from 0 to 1. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (at === undefined) throw new Error('no samples');
  return at;
};

/** For ratios that are read by people and compared by machines: three digits after the point. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/**
 * How well the better of all thresholds tells two kinds of samples apart: 0 not at all, 1 every time. (The
 * Kolmogorov-Smirnov distance: the largest difference between the two shares that lie below a value.)
 */
export const distance = (one: readonly number[], other: readonly number[]): number => {
  const shareBelow = (samples: readonly number[], value: number) =>
    samples.filter((sample) => sample <= value).length / samples.length;
  return Math.max(...[...one, ...other].map((value) => Math.abs(shareBelow(one, value) - shareBelow(other, value))));
};

const RESAMPLES = 500;

/** Numbers from 0 to 1 that are the same in every run: a figure does not change because it was computed again. */
export const createRandom = (seed: number): (() => number) => {
  let state = seed;
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

export type Interval = { readonly low: number; readonly high: number };

/**
 * The 95 % interval of what is computed out of `count` rounds, by bootstrap: the rounds are drawn anew, with replacement,
 * 500 times. `compute` gets the places of the drawn ones; what was measured in one round stays together, so that a machine
 * that drifts widens no ratio.
 */
export const interval95 = (count: number, compute: (places: readonly number[]) => number): Interval => {
  const random = createRandom(count);
  const draw = () => Array.from({ length: count }, () => Math.floor(random() * count));
  const values = Array.from({ length: RESAMPLES }, () => compute(draw()));
  return { low: rounded(quantile(values, 0.025)), high: rounded(quantile(values, 0.975)) };
};

/** The 95 % interval of one quantile ÷ another, of samples that were taken in turn. */
export const ratioInterval = (over: readonly number[], under: readonly number[], share: number): Interval => {
  const count = Math.min(over.length, under.length);
  const at = (samples: readonly number[], places: readonly number[]) =>
    quantile(
      places.map((place) => samples[place] ?? 0),
      share,
    );
  return interval95(count, (places) => at(over, places) / at(under, places));
};
