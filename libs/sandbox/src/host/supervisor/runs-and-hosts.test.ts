/** Which run gets a host, when, and which is refused; on hosts that do what they are told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox.ts';
import { fakeRuntime, runOf, startTestSandbox, temporaryFolder } from './testing/test-sandbox.ts';

const folder = temporaryFolder();
let runtimeFolder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  runtimeFolder = fakeRuntime(folder.path);
  sandbox = await startTestSandbox({ runtimeFolder, stateFolder: folder.path, hostsPerConnection: 1 });
});

afterAll(async () => {
  await sandbox?.close();
  folder.remove();
});

describe('a run', () => {
  it('is ended by its caller, waiting or running', async () => {
    const controller = new AbortController();
    const run = sandbox.run(runOf('silent'), controller.signal);
    controller.abort();
    expect(await run).toMatchObject({ outcome: 'killed', error: { message: 'the run was ended by its caller' } });
    expect((await sandbox.run(runOf('echo'), AbortSignal.abort())).outcome).toBe('killed');
  });

  it('cannot be started twice under one id', async () => {
    const request = runOf('silent', { timeoutMs: 50 });
    const first = sandbox.run(request);
    await expect(sandbox.run(request)).rejects.toMatchObject({ reason: 'RUN_ALREADY_STARTED' });
    expect((await first).outcome).toBe('timed_out');
  });

  it('is refused when too many of its connection wait already, and others’ are not', async () => {
    const narrow = await startTestSandbox({
      runtimeFolder,
      stateFolder: folder.path,
      hostsPerConnection: 1,
      runsPerHost: 1,
      queuePerConnection: 1,
    });
    try {
      const running = narrow.run(runOf('silent', { timeoutMs: 2000 }));
      const waiting = narrow.run(runOf('echo'));
      expect(await narrow.run(runOf('echo'))).toMatchObject({ outcome: 'overloaded' });
      expect(await narrow.run(runOf('echo', { connectionKey: 'other' }))).toMatchObject({ outcome: 'completed' });
      expect((await running).outcome).toBe('timed_out');
      expect((await waiting).outcome).toBe('completed');
    } finally {
      await narrow.close();
    }
  });

  it('is not begun when its caller’s time is over, and has no more than is left of it', async () => {
    await expect(sandbox.run(runOf('echo', { deadlineMs: Date.now() - 1 }))).rejects.toMatchObject({
      reason: 'RUNNER_OVERLOADED',
    });
    const begun = Date.now();
    expect(await sandbox.run(runOf('silent', { deadlineMs: begun + 1_500 }))).toMatchObject({ outcome: 'timed_out' });
    expect(Date.now() - begun).toBeLessThan(9_000);
  });

  it('finds its hosts free, however many slow ones another connection has sent', async () => {
    // One run each: a host that is killed for a silent run would take the others in it along.
    const shared = await startTestSandbox({
      runtimeFolder,
      stateFolder: folder.path,
      maxHosts: 4,
      runsPerHost: 1,
      queueTotal: 100,
    });
    try {
      const slow = Array.from({ length: 200 }, () =>
        shared.run(runOf('silent', { connectionKey: 'slow', timeoutMs: 2_000 })),
      );
      for (let n = 0; n < 20; n += 1)
        expect((await shared.run(runOf('echo', { connectionKey: 'quick' }))).outcome).toBe('completed');
      const ends = await Promise.all(slow);
      const refused = ends.filter(({ outcome }) => outcome === 'overloaded');
      expect(refused.length).toBeGreaterThan(100);
      for (const { retryAfterMs } of refused) expect(retryAfterMs).toBeGreaterThanOrEqual(500);
      expect(new Set(ends.map(({ outcome }) => outcome))).toEqual(new Set(['timed_out', 'overloaded']));
    } finally {
      await shared.close();
    }
  });

  it('that has not got its share of hosts is refused as the runner’s fault, not as its connection’s', async () => {
    const full = await startTestSandbox({
      runtimeFolder,
      stateFolder: folder.path,
      maxHosts: 1,
      blankHosts: 0,
      queueWaitMs: 100,
    });
    try {
      const running = full.run(runOf('silent', { connectionKey: 'a', timeoutMs: 1_000 }));
      await expect(full.run(runOf('echo', { connectionKey: 'b' }))).rejects.toMatchObject({
        reason: 'RUNNER_OVERLOADED',
        metadata: { retry_after_ms: '100' },
      });
      expect((await running).outcome).toBe('timed_out');
    } finally {
      await full.close();
    }
  });

  it('finds room among idle hosts of other connections', async () => {
    const small = await startTestSandbox({ runtimeFolder, stateFolder: folder.path, maxHosts: 2, blankHosts: 1 });
    try {
      for (const connectionKey of ['a', 'b', 'c', 'd', 'a'])
        expect((await small.run(runOf('echo', { connectionKey }))).outcome).toBe('completed');
    } finally {
      await small.close();
    }
  });
});

describe('a check of a source', () => {
  it('that finds no host in time is refused to its caller, and the sandbox goes on', async () => {
    const narrow = await startTestSandbox({
      runtimeFolder,
      stateFolder: folder.path,
      maxHosts: 1,
      blankHosts: 0,
      queueWaitMs: 50,
    });
    try {
      const running = narrow.run(runOf('silent', { timeoutMs: 1_000 }));
      await expect(narrow.check('echo', 'work')).rejects.toMatchObject({ reason: 'RUNNER_OVERLOADED' });
      expect((await running).outcome).toBe('timed_out');
    } finally {
      await narrow.close();
    }
  });

  it('is ended by its caller, waiting or running, and its host is there for others', async () => {
    const only = await startTestSandbox({ runtimeFolder, stateFolder: folder.path, maxHosts: 1, blankHosts: 0 });
    try {
      const [running, waiting] = [new AbortController(), new AbortController()];
      const checks = [running, waiting].map(({ signal }) => only.check('silent', 'work', 'javascript', signal));
      const ends = checks.map((check) => expect(check).rejects.toMatchObject({ reason: 'CANCELLED' }));
      await expect.poll(() => only.stats()).toMatchObject({ waiting: 1, hosts: { busy: 1 } });
      waiting.abort();
      running.abort();
      await Promise.all(ends);
      expect(only.stats().waiting).toBe(0);
      expect(await only.run(runOf('echo'))).toMatchObject({ outcome: 'completed' });
      await expect(only.check('echo', 'work', 'javascript', AbortSignal.abort())).rejects.toMatchObject({
        reason: 'CANCELLED',
      });
    } finally {
      await only.close();
    }
  });

  it('keeps its host, however much others want room', async () => {
    const small = await startTestSandbox({ runtimeFolder, stateFolder: folder.path, maxHosts: 2, blankHosts: 1 });
    try {
      const check = small.check('silent', 'work').then(() => 'it was ended');
      for (const connectionKey of ['a', 'b', 'c'])
        expect((await small.run(runOf('echo', { connectionKey }))).outcome).toBe('completed');
      const goesOn = new Promise((resolve) => setTimeout(resolve, 100, 'it goes on'));
      expect(await Promise.race([check, goesOn])).toBe('it goes on');
    } finally {
      await small.close();
    }
  });
});
