import type { RunResult } from '@userferry/script-contract';
import { expect, it } from 'vitest';
import { createRunTimes } from './run-times.ts';

const ended = (wallMs: number, outcome: RunResult['outcome'] = 'completed', queryMs = 0): RunResult => ({
  outcome,
  logs: [],
  usage: { wallMs, cpuMs: wallMs - queryMs, heapBytes: 0, queryMs },
});

/** One run of the kind stays in flight; beside few processors, what they share out would be seen. */
const timesAfter = (kind: string, results: readonly RunResult[], processors = 16) => {
  const times = createRunTimes(processors);
  times.begun(kind);
  for (const result of results) {
    times.begun(kind);
    times.ended(kind, result);
  }
  return times;
};

it('a run is expected to take what the last ones took, and as long as they differed more', () => {
  const steady = timesAfter(
    'a',
    Array.from({ length: 20 }, () => ended(100)),
  );
  expect(steady.expectedMs('a')).toBeCloseTo(100);
  const slower = timesAfter('a', [...Array.from({ length: 20 }, () => ended(100)), ended(900)]);
  expect(slower.expectedMs('a')).toBeGreaterThan(300);
  expect(steady.expectedMs('b')).toBe(0);
});

it('where no run is in flight, nothing is expected: one is let in and tells', () => {
  const times = timesAfter('a', [ended(9_000)]);
  expect(times.expectedMs('a')).toBe(9_000);
  times.ended('a', ended(9_000));
  expect(times.expectedMs('a')).toBe(0);
});

it('what ran out of time while it waited for its legacy user store says nothing of the room here', () => {
  expect(timesAfter('a', [ended(100), ended(10_000, 'timed_out', 9_900)]).expectedMs('a')).toBe(100);
  expect(timesAfter('a', [ended(100), ended(10_000, 'timed_out', 900)]).expectedMs('a')).toBeGreaterThan(2_000);
});

it('the more are in flight, the longer one takes, before any of them has ended', () => {
  const times = timesAfter('a', [ended(60)], 2);
  for (let n = 0; n < 80; n += 1) times.begun('a');
  expect(times.expectedMs('a')).toBeGreaterThan(4_000);
});

it('what waits elsewhere may be many at a time', () => {
  const times = timesAfter('a', [ended(60, 'completed', 59)], 2);
  for (let n = 0; n < 80; n += 1) times.begun('a');
  expect(times.expectedMs('a')).toBeLessThan(100);
});

it('what sleeps may be many at a time', () => {
  const { usage, ...slept } = ended(60);
  const times = timesAfter('a', [{ ...slept, usage: { ...usage, cpuMs: 1 } }], 2);
  for (let n = 0; n < 80; n += 1) times.begun('a');
  expect(times.expectedMs('a')).toBeLessThan(100);
});

it('a connection whose runs take the processors makes others wait for its share alone', () => {
  const times = timesAfter('greedy', [ended(5_000)], 2);
  for (let n = 0; n < 8; n += 1) times.begun('greedy');
  times.begun('modest');
  times.begun('modest');
  times.ended('modest', ended(50));
  expect(times.expectedMs('modest')).toBeLessThan(300);
});
