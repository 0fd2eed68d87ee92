import { describe, expect, it } from 'vitest';
import { createRandom, quantile, ratioInterval } from './statistics.ts';

const samples = (count: number, seed: number, scale: number): readonly number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => scale * (1 + random()));
};

describe('the interval of a ratio of quantiles', () => {
  it('holds the ratio of the samples, and is the same each time', () => {
    const [over, under] = [samples(200, 1, 2), samples(200, 2, 1)];
    const interval = ratioInterval(over, under, 0.5);
    const ratio = quantile(over, 0.5) / quantile(under, 0.5);
    expect(interval.low).toBeLessThanOrEqual(ratio);
    expect(interval.high).toBeGreaterThanOrEqual(ratio);
    expect(ratioInterval(over, under, 0.5)).toEqual(interval);
  });

  it('is narrower with more samples', () => {
    const widthOf = (count: number) => {
      const { low, high } = ratioInterval(samples(count, 3, 2), samples(count, 4, 1), 0.5);
      return high - low;
    };
    expect(widthOf(1_000)).toBeLessThan(widthOf(20) / 2);
  });

  it('is not widened by a machine that drifts, since both of a round were measured together', () => {
    const drift = Array.from({ length: 100 }, (_, round) => 1 + round);
    const { low, high } = ratioInterval(
      drift.map((ms) => ms * 2),
      drift,
      0.5,
    );
    expect([low, high]).toEqual([2, 2]);
  });
});
