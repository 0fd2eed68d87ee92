/** What tests of kept sessions ask of runs. */
import { expect } from 'vitest';
import type { Result } from './start-host.ts';

/** What a run that completed has returned. */
export const resultOf = (result: Result): unknown => {
  expect(result, JSON.stringify(result)).toMatchObject({ outcome: 'completed' });
  return JSON.parse(result.resultJson ?? 'null');
};

/** The first of four runs opens a session and returns its id; each of the others is served by the same one. */
export const expectServedByOne = async (run: () => Promise<Result>): Promise<void> => {
  const first = await run();
  const others = [await run(), await run(), await run()];
  expect(first.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  for (const other of others) {
    expect(resultOf(other)).toBe(resultOf(first));
    expect(other.usage).toMatchObject({ connectionsOpened: 0, connectionsReused: 1 });
  }
};
