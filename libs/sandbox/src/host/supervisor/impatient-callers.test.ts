import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunRequest, Sandbox } from '../../sandbox.ts';
import { REAL_RUNTIME, runOf, startTestSandbox, temporaryFolder } from './testing/test-sandbox.ts';

const folder = temporaryFolder();
let sandbox: Sandbox;
beforeEach(async () => {
  const places = { runtimeFolder: REAL_RUNTIME, stateFolder: folder.path };
  sandbox = await startTestSandbox({ ...places, hostsPerConnection: 1, maxHosts: 4 });
});
afterEach(() => sandbox?.close());

const LOGIN = `const bcrypt = require('bcrypt');
  async function work(waitMs, cost) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return cost === 0 || bcrypt.compareSync('x', bcrypt.hashSync('x', cost));
  }`;
type Given = Partial<RunRequest> & {
  readonly waitMs?: number;
  readonly cost?: number;
  readonly hangUpAfterMs?: number;
};
const login = async ({ waitMs = 0, cost = 0, hangUpAfterMs, ...given }: Given = {}) => {
  const hangUp = hangUpAfterMs === undefined ? undefined : AbortSignal.timeout(hangUpAfterMs);
  const run = runOf(LOGIN, { argsJson: JSON.stringify([waitMs, cost]), timeoutMs: 20_000, ...given });
  const { outcome } = await sandbox.run(run, hangUp);
  return outcome;
};
const warmUp = async () => {
  for (let n = 0; n < 5; n += 1) await login({ cost: 4 });
};
const LEFT_TO_THEMSELVES = ['completed', 'completed', 'completed'];

describe('logins beside one whose caller does not wait', () => {
  it.each([
    ['has little time', { timeoutMs: 20 }, 'timed_out'],
    ['hangs up', { hangUpAfterMs: 20 }, 'killed'],
  ])('go on when that one %s while it waits for an isolate', async (_, impatience, outcome) => {
    await warmUp();
    // As many as there are isolates for: a host has one more than there are processors.
    const others = [0, 1, 2].map(() => login({ waitMs: 2_000 }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const late = await Promise.all([1, 2].map(() => login({ waitMs: 3_000, ...impatience })));
    expect(late).toContain(outcome);
    expect(await Promise.all(others)).toEqual(LEFT_TO_THEMSELVES);
  });

  it.each([
    ['has little time', { timeoutMs: 150 }, 'timed_out'],
    ['hangs up', { hangUpAfterMs: 50 }, 'killed'],
  ])('go on when that one %s while their hashes hold up the host', async (_, impatience, outcome) => {
    await warmUp();
    const others = [0, 1, 2].map(() => login({ cost: 12 }));
    expect(await login({ cost: 12, ...impatience })).toBe(outcome);
    expect(await Promise.all(others)).toEqual(LEFT_TO_THEMSELVES);
    expect(await login()).toBe('completed');
  });

  it('do not wait for one that has waited for its database until its time was over', async () => {
    await warmUp();
    // Time enough to come to its wait: one that computes when it is over may be unstoppable.
    expect(await login({ waitMs: 60_000, timeoutMs: 2_000 })).toBe('timed_out');
    const next = login();
    // It has its host at once, which is left alone after a run that could not be stopped.
    expect(sandbox.stats()).toMatchObject({ waiting: 0, hosts: { busy: 1 } });
    expect(await next).toBe('completed');
  });
});
