import { expect, it } from 'vitest';
import { DEFAULT_TUNING } from '../sandbox-options.ts';
import { REAL_RUNTIME, runOf, startTestSandbox, temporaryFolder } from '../testing/test-sandbox.ts';
import { systemNames } from './name-source.ts';

/** What glibc waits for one nameserver where `resolv.conf` says nothing. */
const NAMESERVER_MS = 5_000;

it('a name is waited for until a second nameserver has answered in the place of a dead one', () => {
  expect(DEFAULT_TUNING.resolveTimeoutMs).toBeGreaterThanOrEqual(NAMESERVER_MS + 2_000);
});

it('a run whose deadline comes before that of its names ends at its own', async () => {
  const folder = temporaryFolder();
  const silent = { ...systemNames(), lookup: () => new Promise<never>(() => {}) };
  const sandbox = await startTestSandbox({
    runtimeFolder: REAL_RUNTIME,
    stateFolder: folder.path,
    egress: { allow: [], names: silent },
  });
  try {
    const source = `async function work() { await fetch('http://dead.test/') }`;
    expect(await sandbox.run(runOf(source, { timeoutMs: 1_500, memoryLimitBytes: 128 * 1024 * 1024 }))).toMatchObject({
      outcome: 'timed_out',
    });
  } finally {
    await sandbox.close();
    folder.remove();
  }
});
