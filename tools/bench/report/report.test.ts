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
    expect(verdictOn({ throughput_ratio: 0.9 })).toBe(true);
    expect(verdictOn({ throughput_ratio: 0.89 })).toBe(false);
    expect(verdictOn({})).toBeUndefined();
  });

  it('has a bound for every goal', () => {
    for (const { what, atMost, atLeast } of GOALS)
      expect([what, atMost ?? atLeast]).toEqual([what, expect.any(Number)]);
  });
});
