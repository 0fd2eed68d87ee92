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
