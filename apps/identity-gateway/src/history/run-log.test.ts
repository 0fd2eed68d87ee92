import { expect, it } from 'vitest';
import type { EndedRun } from './ended-run.ts';
import { createRunLog } from './run-log.ts';

/** Of the limit of a log, in characters. */
const CHARACTERS = 64 * 1024;
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

const runOf = (runId: string, userPoolId: string, text: string): EndedRun => ({
  ...{ runId, userPoolId, action: 'login', version: 1n, test: false, outcome: 'completed' },
  usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
  logs: [{ level: 'info', text, atMs: 0 }],
  ...{ endedAt: new Date(0), requestId: 'request-1' },
});

it('runs that each fill their log with characters of three bytes are all kept, beside another pool’s of the moment', async () => {
  const kept: string[] = [];
  const appendScriptRuns = async (runs: readonly EndedRun[]): Promise<void> => {
    const bytes = runs.reduce((sum, { logs }) => sum + Buffer.byteLength(logs[0]?.text ?? ''), 0);
    if (bytes > MESSAGE_BYTES_MAX) throw new Error('RESOURCE_EXHAUSTED');
    kept.push(...runs.map(({ runId }) => runId));
  };
  const runLog = createRunLog({ appendScriptRuns }, { warn: () => undefined });
  const ids = Array.from({ length: 32 }, (_, n) => `run-${n}`);
  for (const id of ids) runLog.record(runOf(id, id === 'run-31' ? 'another' : 'pool', '\u4e16'.repeat(CHARACTERS)));
  await runLog[Symbol.asyncDispose]();
  expect(kept.sort()).toEqual(ids.sort());
});
