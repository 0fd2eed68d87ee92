import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from './generated-files.ts';
import { GOALS, judge } from './goals.ts';

describe('what is told of the benchmarks', () => {
  it.each(Object.entries(generatedFiles()))('is what was measured: %s, else `npm run generate`', (file, text) => {
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('calls a goal met at its bound, not met beyond it, and not measured where there is no figure', () => {
    const verdictOn = (figures: Readonly<Record<string, number>>) =>
      judge({ local_login: figures }).find(({ goal }) => goal.figure === 'throughput_ratio')?.met;
    expect(verdictOn({ throughput_ratio: 0.9 })).toBe('met');
    expect(verdictOn({ throughput_ratio: 0.89 })).toBe('not met');
    expect(verdictOn({})).toBe('not measured');
  });

  it('calls a goal undecided where the interval of what was measured reaches across its bound', () => {
    const verdictOn = (low: number, value: number, high: number) =>
      judge({
        many_connections: { warm_p99_ratio: value, warm_p99_ratio_low: low, warm_p99_ratio_high: high },
      }).find(({ goal }) => goal.figure === 'warm_p99_ratio')?.met;
    expect(verdictOn(0.9, 1.1, 1.2)).toBe('met');
    expect(verdictOn(0.9, 1.1, 1.4)).toBe('undecided');
    expect(verdictOn(1.1, 1.3, 1.4)).toBe('undecided');
    expect(verdictOn(1.3, 1.4, 1.5)).toBe('not met');
  });

  it('has a bound for every goal', () => {
    for (const { what, atMost, atLeast } of GOALS)
      expect([what, atMost ?? atLeast]).toEqual([what, expect.any(Number)]);
  });
});
