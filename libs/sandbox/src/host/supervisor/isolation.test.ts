/** What runs share, as the whole sandbox keeps it: the connection's word, and the deployment's. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox.ts';
import { REAL_RUNTIME, runOf, startTestSandbox, temporaryFolder } from './testing/test-sandbox.ts';

const SOURCE = 'async function work() { return performance.timeOrigin }';
const RUNS = 4;
const folder = temporaryFolder();
let sandbox: Sandbox;
afterEach(() => sandbox?.close());
afterAll(() => folder.remove());

const isolatesOf = async (floor: 'warm' | 'per_run', isolation: 'warm' | 'per_run'): Promise<number> => {
  sandbox = await startTestSandbox({ runtimeFolder: REAL_RUNTIME, stateFolder: folder.path, isolation: floor });
  const seen = new Set<string | undefined>();
  for (let n = 0; n < RUNS; n += 1) {
    const { outcome, resultJson } = await sandbox.run(runOf(SOURCE, { isolation }));
    expect(outcome).toBe('completed');
    seen.add(resultJson);
  }
  return seen.size;
};

describe('an isolate', () => {
  it('serves one run where the connection wants it so', async () => {
    expect(await isolatesOf('warm', 'per_run')).toBe(RUNS);
  });

  it('serves one run where the deployment wants it so, whatever the connection says', async () => {
    expect(await isolatesOf('per_run', 'warm')).toBe(RUNS);
  });

  it('serves several where neither does', async () => {
    expect(await isolatesOf('warm', 'warm')).toBeLessThan(RUNS);
  });
});
