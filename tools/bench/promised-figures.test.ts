import { describe, expect, it } from 'vitest';
import { BENCHMARKS } from './benchmarks.ts';
import { missingFigures, PROMISED } from './promised-figures.ts';

describe('the figures that a benchmark promises', () => {
  it('are there for every benchmark', () => {
    for (const name of Object.keys(BENCHMARKS)) expect([name, PROMISED[name]?.length ?? 0]).not.toEqual([name, 0]);
  });

  it('are missed when they are not there or are no number', () => {
    const name = 'cold_connection';
    const whole = Object.fromEntries((PROMISED[name] ?? []).map((figure) => [figure, 1]));
    expect(missingFigures(name, whole)).toEqual([]);
    expect(missingFigures(name, { ...whole, cold_connection_ms: Number.NaN })).toEqual(['cold_connection_ms']);
    const { cold_process_ms: _, ...less } = whole;
    expect(missingFigures(name, less)).toEqual(['cold_process_ms']);
  });
});
