import { expect, it } from 'vitest';
import { runOf } from '../testing/test-sandbox.ts';
import { createRunTable } from './run-table.ts';

it('a run is held to account for its host’s memory only where no other was beside it, nor one right before it that went wrong', () => {
  let now = 0;
  const runs = createRunTable(() => now);
  const begin = (runId: string) => runs.begin(runOf('', { runId }), () => undefined);
  const first = begin('first');
  expect(runs.alone).toBe(first);
  const second = begin('second');
  expect(runs.alone).toBeUndefined();
  runs.forget('first', 'completed');
  expect(runs.alone).toBeUndefined();
  runs.forget('second', 'store_unreachable');
  const third = begin('third');
  expect(runs.alone).toBeUndefined();
  runs.forget('third', 'completed');
  now = 3_000;
  const fourth = begin('fourth');
  expect(runs.alone).toBe(fourth);
  for (const run of [first, second, third, fourth]) run.end('killed', 'the test is over');
});
