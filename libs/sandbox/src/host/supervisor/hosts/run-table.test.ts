import { expect, it } from 'vitest';
import { runOf } from '../testing/test-sandbox.ts';
import { createRunTable } from './run-table.ts';

it('a run is held to account for its host’s memory only where no other was beside it since it began', () => {
  const runs = createRunTable();
  const begin = (runId: string) => runs.begin(runOf('', { runId }), () => undefined);
  const first = begin('first');
  expect(runs.alone).toBe(first);
  const second = begin('second');
  expect(runs.alone).toBeUndefined();
  runs.forget('first');
  expect(runs.alone).toBeUndefined();
  runs.forget('second');
  const third = begin('third');
  expect(runs.alone).toBe(third);
  for (const run of [first, second, third]) run.end('killed', 'the test is over');
});
