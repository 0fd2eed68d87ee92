/** The value below which a share of the samples lies; `share` from 0 to 1. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (at === undefined) throw new Error('no samples');
  return at;
};

/** For ratios that are read by people and compared by machines: three digits after the point. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
