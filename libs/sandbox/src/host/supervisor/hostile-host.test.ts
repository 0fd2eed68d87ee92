import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@userferry/local-databases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox.ts';
import { heldBy } from './hosts/held-memory.ts';
import { spawnersOf } from './testing/processes.ts';
import {
  fakeRuntime,
  type LogEntry,
  readableLog,
  runOf,
  startTestSandbox,
  temporaryFolder,
} from './testing/test-sandbox.ts';

const folder = temporaryFolder();
const { log, entries } = readableLog();
let runtimeFolder: string;
let sandbox: Sandbox;
let greeter: Server;
let port: number;

beforeAll(async () => {
  greeter = createServer((socket) => {
    socket.on('error', () => {});
    socket.end('greeting');
  });
  await new Promise<void>((resolve) => greeter.listen(0, '127.0.0.1', resolve));
  port = (greeter.address() as AddressInfo).port;
  runtimeFolder = fakeRuntime(folder.path);
  sandbox = await startTestSandbox({
    runtimeFolder,
    stateFolder: folder.path,
    egress: { allow: [{ host: '127.0.0.1', port }] },
    log,
    hostsPerConnection: 1,
  });
});

afterAll(async () => {
  await sandbox?.close();
  greeter.close();
  folder.remove();
});

const parsed = async (source: string, given = {}) => {
  const result = await sandbox.run(runOf(source, given));
  expect(result).toMatchObject({ outcome: 'completed' });
  return JSON.parse(result.resultJson ?? '');
};

const openSocketsOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;

/** Of this process and of the one that opens connections for it. */
const openSockets = (): number =>
  [process.pid, ...spawnersOf(process.pid)].reduce((sum, pid) => sum + openSocketsOf(pid), 0);

/** Of the same two. */
const residentBytes = (): number =>
  [process.pid, ...spawnersOf(process.pid)].reduce((sum, pid) => sum + heldBy(pid).residentBytes, 0);

describe('an isolate host that', () => {
  it.each([
    ['a huge length', 'bytes that are no frame'],
    ['a length of nothing', 'bytes that are no frame'],
    ['garbage', 'bytes that are no frame'],
    ['no JSON', 'bytes that are no frame'],
    ['no object', 'frame is no object'],
    ['an unknown kind', 'unknown kind of frame'],
    ['a second ready', 'ready said twice'],
    ['last words twice', 'ending said twice'],
    ['a result of no run', 'result of a run that is not running'],
    ['an answer to no check', 'answer to a check that was not asked'],
    ['a question of no run', 'question of an unknown run'],
    ['a result against the schema', 'frame that does not fit its schema'],
    ['an outcome that is not a host’s to tell', 'frame that does not fit its schema'],
    ['a line that no source has', 'frame that does not fit its schema'],
    ['more connections than can be counted', 'frame that does not fit its schema'],
    ['more lines than are logged', 'frame that does not fit its schema'],
    ['three megabytes of log', 'frame that does not fit its schema'],
    ['twelve megabytes of a result', 'frame that does not fit its schema'],
    ['a field too many', 'frame that does not fit its schema'],
    ['a million values', 'frame of too many values'],
    ['sixteen megabytes of objects', 'frame of too many values'],
    ['deep nesting', 'frame of too many values'],
    ['a flood of questions', 'too many open questions'],
    ['garbage on the socket channel', 'bytes on the socket channel'],
    ['a forged message on the socket channel', 'bytes on the socket channel'],
    ['an acknowledgement of nothing', 'bytes on the socket channel'],
  ])('sends %s is killed, its run ends as killed, and the next run works', async (source, rule) => {
    const connectionKey = `sends ${source}`;
    const result = await sandbox.run(runOf(source, { connectionKey, argsJson: JSON.stringify(['127.0.0.1', port]) }));
    expect(result.outcome).toBe('killed');
    expect(result.error?.message).toBe('the isolate host broke the rules of its channel');
    expect(entries.some(({ facts }) => facts.rule === rule)).toBe(true);
    expect(await parsed('echo', { connectionKey, argsJson: '[5]' })).toEqual([5]);
  });

  it('says anything on its socket channel is heard by nobody until it is to be handed a socket', async () => {
    expect(await parsed('words on the socket channel', { connectionKey: 'words' })).toBe(1);
    const argsJson = JSON.stringify(['127.0.0.1', port]);
    const result = await sandbox.run(runOf('ask for a socket', { connectionKey: 'words', argsJson }));
    expect(result.error?.message).toBe('the isolate host broke the rules of its channel');
  });

  it('sends half a frame and no more is stopped at its run’s deadline', async () => {
    const result = await sandbox.run(runOf('half a frame', { connectionKey: 'half', timeoutMs: 100 }));
    expect(result.outcome).toBe('timed_out');
    expect(await parsed('echo', { connectionKey: 'half', argsJson: '[6]' })).toEqual([6]);
  });

  it.each(['end itself', 'abort'])('ends by %s costs its own run only', async (source) => {
    const connectionKey = `ends by ${source}`;
    const result = await sandbox.run(runOf(source, { connectionKey }));
    expect(result.outcome).toBe('killed');
    expect(result.error?.message).toMatch(/^the isolate host ended unexpectedly/);
    expect(await parsed('echo', { connectionKey, argsJson: '[7]' })).toEqual([7]);
  });

  it('ends itself and says why tells its run and the log', async () => {
    const result = await sandbox.run(runOf('say why and end itself', { connectionKey: 'last words' }));
    expect(result.outcome).toBe('killed');
    expect(result.error?.message).toMatch(/^the isolate host ended unexpectedly \(.+: a run could not be served\)$/);
    const crashes = entries.filter(({ message }) => message === 'an isolate host crashed');
    expect(crashes.map(({ facts }) => facts.why)).toContain(result.error?.message);
  });

  it('ends itself in words of its own breaks the rules, and nobody hears them', async () => {
    const env = { SECRET: 'kept-in-env-alone' };
    const result = await sandbox.run(runOf('end itself for a secret', { connectionKey: 'own words', env }));
    expect(result.error?.message).toBe('the isolate host broke the rules of its channel');
    expect(JSON.stringify(entries)).not.toContain(env.SECRET);
  });

  it('says that its run took a day is believed the time that it had', async () => {
    const before = performance.now();
    const { usage } = await sandbox.run(runOf('a day', { connectionKey: 'a day' }));
    const tookMs = performance.now() - before;
    expect(usage.wallMs).toBeLessThanOrEqual(tookMs);
    expect(usage.cpuMs).toBeLessThanOrEqual(tookMs);
  });

  it('ends its frame pipe and lives on is killed at once, and the next run works', async () => {
    const given = { connectionKey: 'mute', timeoutMs: 30_000 };
    expect((await sandbox.run(runOf('end the frame pipe', given))).outcome).toBe('killed');
    expect(await parsed('echo', { ...given, argsJson: '[7]' })).toEqual([7]);
  });

  it('has ended its frame pipe is given no other run, however long its death takes', async () => {
    const others = spawnersOf(process.pid);
    const own = await startTestSandbox({ runtimeFolder, stateFolder: folder.path, blankHosts: 2 });
    const [spawner = 0] = spawnersOf(process.pid).filter((pid) => !others.includes(pid));
    try {
      await expect.poll(() => own.stats().hosts.blank, { timeout: 20_000 }).toBe(2);
      // Nobody is killed by who stands still.
      process.kill(spawner, 'SIGSTOP');
      const told = await own.run(runOf('echo and end the frame pipe', { argsJson: '[1]' }));
      await sleep(200);
      const next = await own.run(runOf('echo', { argsJson: '[2]' }));
      expect([told, next].map(({ resultJson }) => resultJson)).toEqual(['[1]', '[2]']);
    } finally {
      process.kill(spawner, 'SIGCONT');
      await own.close();
    }
  });

  it('is stuck is killed: its overdue run timed out, the others of its connection were killed', async () => {
    const other = sandbox.run(runOf('silent', { connectionKey: 'stuck' }));
    const stuck = await sandbox.run(runOf('spin', { connectionKey: 'stuck', timeoutMs: 100 }));
    expect(stuck.outcome).toBe('timed_out');
    expect((await other).outcome).toBe('killed');
    expect(await parsed('echo', { connectionKey: 'stuck', argsJson: '[8]' })).toEqual([8]);
  });

  it.each([
    ['a control group, where it may have one', true],
    ['the watchdog', false],
  ])('takes more memory than its run may have is killed for it by %s', async (_, useCgroups) => {
    const own = await startTestSandbox({ runtimeFolder, stateFolder: folder.path, useCgroups });
    try {
      const result = await own.run(runOf('eat memory'));
      expect(result.outcome).toBe('out_of_memory');
      const echo = await own.run(runOf('echo', { argsJson: '[9]' }));
      expect(echo).toMatchObject({ outcome: 'completed', resultJson: '[9]' });
    } finally {
      await own.close();
    }
  });

  it.each([
    ['two gigabytes of frames', 20_000],
    // Of these nobody takes any.
    ['two gigabytes on the socket channel', 2_000],
    ['two gigabytes of complaints', 20_000],
  ])(
    'sends %s without an end costs itself only: neither this process nor the one that started it grows',
    async (source, timeoutMs) => {
      const before = residentBytes();
      const result = await sandbox.run(runOf(source, { connectionKey: source, timeoutMs }));
      expect(['killed', 'completed', 'timed_out']).toContain(result.outcome);
      expect(residentBytes() - before).toBeLessThan(400 * 1024 * 1024);
      expect(await parsed('echo', { connectionKey: source, argsJson: '[1]' })).toEqual([1]);
    },
  );

  it.each([
    ['takes none of the sockets that it asked for', 'ask for sockets and take none'],
    ['only says that it takes the sockets that it asked for', 'ask for sockets and only say that they are taken'],
  ])('%s is killed for it, and they are closed', async (_, source) => {
    const before = openSockets();
    const noted = entries.length;
    const argsJson = JSON.stringify(['127.0.0.1', port]);
    const result = await sandbox.run(runOf(source, { connectionKey: source, argsJson, timeoutMs: 20_000 }));
    expect(result.outcome).toBe('killed');
    expect(entries.slice(noted).map(({ facts }) => facts.rule)).toContain('sockets are not taken');
    await expect.poll(openSockets).toBeLessThan(before + 10);
    expect(await parsed('echo', { connectionKey: source, argsJson: '[1]' })).toEqual([1]);
  });
});

describe('a connected socket', () => {
  it('reaches the host with the greeting of a server that speaks first, every time', async () => {
    for (let count = 0; count < 50; count += 1)
      expect(await parsed('ask for a socket', { argsJson: JSON.stringify(['127.0.0.1', port]) })).toEqual({
        greeting: 'greeting',
      });
  });

  it('is refused where the policy denies it, and the denial is logged', async () => {
    const answer = await parsed('ask for a socket', { argsJson: JSON.stringify(['localhost', 1]) });
    expect(answer.error).toMatchObject({ code: 'EGRESS_DENIED', syscall: 'connect' });
    const denied = (entry: LogEntry) => entry.message === 'egress denied' && entry.facts.host === 'localhost';
    expect(entries.some(denied)).toBe(true);
  });

  it('is refused with Node’s own error where nobody listens', async () => {
    const unused = await findFreePort();
    const open = await startTestSandbox({
      runtimeFolder,
      stateFolder: folder.path,
      egress: { allow: [{ host: '127.0.0.1', port: unused }] },
    });
    try {
      const argsJson = JSON.stringify(['127.0.0.1', unused]);
      const { resultJson = '' } = await open.run(runOf('ask for a socket', { argsJson }));
      expect(JSON.parse(resultJson).error).toEqual({
        message: `connect ECONNREFUSED 127.0.0.1:${unused}`,
        code: 'ECONNREFUSED',
        errno: -111,
        syscall: 'connect',
        address: '127.0.0.1',
        port: unused,
      });
    } finally {
      await open.close();
    }
  });

  it('can be narrowed away by the connection’s own list', async () => {
    const argsJson = JSON.stringify(['127.0.0.1', port]);
    const answer = await parsed('ask for a socket', { argsJson, egress: [{ host: 'db.example.com', port: 5432 }] });
    expect(answer.error.message).toContain('rule connection_list');
  });
});

describe('isolate hosts', () => {
  const pidsRunning = (uid: number): number[] =>
    readdirSync('/proc')
      .filter((pid) => {
        try {
          return (
            /^\d+$/.test(pid) && new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'))
          );
        } catch {
          return false;
        }
      })
      .map(Number);

  it('never serve two connections, and the same connection stays with its own', async () => {
    const first = await parsed('who', { connectionKey: 'one' });
    const second = await parsed('who', { connectionKey: 'two' });
    const again = await parsed('who', { connectionKey: 'one' });
    expect(again).toEqual(first);
    if (process.getuid?.() !== 0) return;
    expect(second.uid).not.toBe(first.uid);
    expect(pidsRunning(first.uid)).not.toEqual([]);
  });

  it('have nothing of ours in their environment', async () => {
    expect((await parsed('who')).env).toEqual(['MALLOC_TRIM_THRESHOLD_', 'MALLOC_ARENA_MAX', 'TZ']);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'killed from outside cost their own runs, which end as killed',
    async () => {
      const { uid } = await parsed('who', { connectionKey: 'victim' });
      const run = sandbox.run(runOf('silent', { connectionKey: 'victim' }));
      for (const pid of pidsRunning(uid)) process.kill(pid, 'SIGKILL');
      expect((await run).outcome).toBe('killed');
      expect(await parsed('echo', { connectionKey: 'victim', argsJson: '[1]' })).toEqual([1]);
    },
  );

  it('leave no process behind after close', async () => {
    const short = await startTestSandbox({ runtimeFolder, stateFolder: folder.path, blankHosts: 2 });
    const { resultJson = '' } = await short.run(runOf('who'));
    const running = short.run(runOf('silent'));
    const { uid } = JSON.parse(resultJson);
    await short.close();
    expect((await running).outcome).toBe('killed');
    if (uid !== process.getuid?.()) expect(pidsRunning(uid)).toEqual([]);
  });
});

describe('what leaves the sandbox', () => {
  it('is masked', async () => {
    const result = await sandbox.run(
      runOf('throw secrets', {
        argsJson: '["ann@example.test"]',
        env: { SECRET: 'very secret value' },
        secretNames: ['SECRET'],
        redactProfile: true,
      }),
    );
    expect(result.error?.message).toBe('no [masked] ["[redacted]"]');
    expect(result.logs.map(({ text }) => text)).toEqual(['[masked]']);
  });

  it('is an invalid result where the action’s shape is not kept', async () => {
    const result = await sandbox.run(runOf('echo', { functionName: 'login', argsJson: '[]' }));
    expect(result).toMatchObject({ outcome: 'invalid_result', error: { message: expect.stringContaining('result') } });
    expect(result.resultJson).toBeUndefined();
  });
});
