import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childrenOf, isAlive } from '../memory/process-tree.ts';
import { systemProgram } from '../runtime/native-files.ts';
import { spawnersOf } from '../testing/processes.ts';
import { readableLog } from '../testing/test-sandbox.ts';
import type { CommandLine } from '../walls/wall-chain.ts';
import type { HostNews } from './messages.ts';
import type { OpenOrder } from './process/open-socket.ts';
import { createSpawner, type SpawnedHost, type Spawner } from './spawner.ts';

const { log, entries } = readableLog();
let spawner: Spawner;
beforeEach(() => {
  spawner = createSpawner(log);
});
afterEach(() => spawner.close());

const perl = systemProgram('perl');
/** unix(7), cmsg(3): messages with descriptors, the first with one of a file; says on the frame pipe how many were sent. */
const SEND_DESCRIPTORS = `
  open(my $file, '<', '/dev/null') or die; my $sent = 0;
  for my $fd (fileno($file), (4) x 60) {
    my $byte = 'x'; my $part = pack('P Q', $byte, 1); my $rights = pack('Q l l l x4', 20, 1, 1, $fd);
    my $message = pack('Q L x4 P Q P Q l x4', 0, 0, $part, 1, $rights, 24, 0);
    $sent += 1 if syscall(${process.arch === 'x64' ? 46 : 211}, 3, $message, 0) == 1;
  }
  syswrite(STDERR, $!) unless $sent; open(my $pipe, '>&=', 4); syswrite($pipe, $sent); sleep 600`;

const shell = (script: string): CommandLine => ({ file: '/bin/sh', args: ['-c', script] });
const UNENDING = shell('exec sleep 600');

const orderFor = (port: number): OpenOrder => ({
  ...{ port, timeoutMs: 1000 },
  targets: [{ address: '127.0.0.1', family: 4 }],
});

type Seen = { readonly host: SpawnedHost; readonly pid: number; readonly pipe: Socket };

/** Starts one; `exited` resolves with why it ended. */
const start = (command: CommandLine) => {
  const started = Promise.withResolvers<Seen>();
  const exited = Promise.withResolvers<string>();
  const heard: HostNews[] = [];
  const host = spawner.start(command, (news, pipe) => {
    heard.push(news);
    if (news.kind === 'started' && pipe !== undefined) started.resolve({ host, pid: news.pid, pipe });
    if (news.kind === 'exited') exited.resolve(news.reason);
  });
  return { started: started.promise, exited: exited.promise, heard };
};

describe('a host', () => {
  it('that cannot be started has exited, with what the system said', async () => {
    const { exited, heard } = start({ file: '/nowhere/program', args: [] });
    expect(await exited).toContain('ENOENT');
    expect(heard).toHaveLength(1);
  });

  it('loses none of its first words, however many start at once and however soon they end', async () => {
    const words = 'x'.repeat(30_000);
    const all = Array.from({ length: 40 }, (_, n) => start(shell(`echo ${n} ${words} >&4`)));
    const heard = await Promise.all(all.map(async ({ started }) => text((await started).pipe)));
    expect(heard).toEqual(all.map((_, n) => `${n} ${words}\n`));
  });

  it('that the system cannot start has exited, and the others live', async () => {
    const { pid } = await start(UNENDING).started;
    // Longer than an argument may be: Node throws that.
    const { exited } = start({ file: '/bin/true', args: ['x'.repeat(1 << 20)] });
    expect(await exited).toContain('E2BIG');
    expect(isAlive(pid)).toBe(true);
  });

  it('that stops or kills its process group reaches nobody but itself', async () => {
    const { pid } = await start(UNENDING).started;
    const stopped = start(shell('kill -STOP 0'));
    const { pid: itself } = await stopped.started;
    await expect.poll(() => readFileSync(`/proc/${itself}/status`, 'utf8')).toMatch(/^State:\s+T/m);
    expect(await start(shell('kill -KILL 0')).exited).toBe('SIGKILL');
    await start(UNENDING).started;
    expect(isAlive(pid)).toBe(true);
    (await stopped.started).host.kill();
    expect(await stopped.exited).toBe('SIGKILL');
  });

  it.runIf(perl !== undefined)(
    'that sends descriptors on its socket channel, a file and more than anybody takes, harms nobody',
    async () => {
      const { pid } = await start(UNENDING).started;
      const [itself = 0] = spawnersOf(process.pid);
      const before = readdirSync(`/proc/${itself}/fd`).length;
      const { pipe } = await start({ file: perl ?? '', args: ['-e', SEND_DESCRIPTORS] }).started;
      const [sent] = await once(pipe, 'data');
      expect(Number(sent)).toBeGreaterThan(0);
      await start(UNENDING).started;
      expect([itself, pid].filter(isAlive)).toEqual([itself, pid]);
      expect(readdirSync(`/proc/${itself}/fd`).length - before).toBeLessThan(20);
    },
  );

  it('that has closed its socket channel is ended when it is to get a connection, and waits for none', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { started, exited } = start(shell('exec 3>&-; echo closed >&4; exec sleep 600'));
    const { host, pipe } = await started;
    await once(pipe, 'data');
    host.open(1, orderFor((server.address() as AddressInfo).port));
    expect(await exited).toBe('SIGKILL');
    server.close();
  });

  it('has the time of UTC, whatever zone the machine is in', async () => {
    const { pipe } = await start(shell('printf "%s" "$TZ" >&4')).started;
    expect(await text(pipe)).toBe('UTC');
  });

  it('that is killed before it has started has exited', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const host = spawner.start(UNENDING, (news) => {
      if (news.kind === 'exited') resolve(news.reason);
    });
    host.kill();
    expect(await promise).toBe('SIGKILL');
  });

  it('that is killed has exited when it is gone', async () => {
    const { started, exited } = start(UNENDING);
    const { host, pid } = await started;
    host.kill();
    expect(await exited).toBe('SIGKILL');
    expect(isAlive(pid)).toBe(false);
  });

  it('is in no process group of ours: what a terminal tells ours does not end its runs', async () => {
    const { pid } = await start(UNENDING).started;
    const groupOf = (id: number | 'self') => readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];
    expect(groupOf(pid)).not.toBe(groupOf('self'));
  });
});

describe('the spawner', () => {
  it('that is told to end by a signal goes on', async () => {
    const { pid } = await start(UNENDING).started;
    const [itself = 0] = spawnersOf(process.pid);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(itself, signal);
    await start(UNENDING).started;
    expect([itself, pid].filter(isAlive)).toEqual([itself, pid]);
  });

  it('that ends is followed by another: its hosts are gone, and it is said', async () => {
    const { started, exited } = start(UNENDING);
    const { pid: first } = await started;
    const [itself = 0] = spawnersOf(process.pid);
    process.kill(itself, 'SIGKILL');
    expect(await exited).toBe('the process that starts isolate hosts has ended');
    expect(isAlive(first)).toBe(false);
    expect(entries.at(-1)).toMatchObject({ facts: { reason: 'SIGKILL' } });
    const { pid } = await start(UNENDING).started;
    expect(isAlive(pid)).toBe(true);
  });

  it('that ended a moment ago does not keep anybody from closing', async () => {
    await start(UNENDING).started;
    const [itself = 0] = spawnersOf(process.pid);
    process.kill(itself, 'SIGKILL');
    await spawner.close();
    expect(isAlive(itself)).toBe(false);
  });

  it.each<[string, (host: SpawnedHost) => void]>([
    ['a host is to be killed', (host) => host.kill()],
    ['a connection is to be opened', (host) => host.open(1, orderFor(9))],
  ])('that hangs is ended for it when %s, and the next host starts', { timeout: 30_000 }, async (_, tell) => {
    const { started, exited } = start(UNENDING);
    const { host } = await started;
    const [itself = 0] = spawnersOf(process.pid);
    process.kill(itself, 'SIGSTOP');
    tell(host);
    expect(await exited).toBe('the process that starts isolate hosts has ended');
    await start(UNENDING).started;
  });

  it.each(['idle', 'about to be handed a pipe'])(
    'ends with the process that uses it, killed while %s, and so do its hosts, with no wall around them',
    async (when) => {
      const program = `
        import { createSpawner } from ${JSON.stringify(new URL('./spawner.ts', import.meta.url).href)};
        const spawner = createSpawner(console);
        const start = (tell) => spawner.start({ file: '/bin/sleep', args: ['600'] }, tell);
        start(({ pid }) => {
          if (${when === 'idle'}) return console.log(pid);
          start(() => {});
          setImmediate(() => { console.log(pid); for (;;); });
        });
      `;
      const user: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(user.stdout as Readable, 'data');
      const [itself = 0] = spawnersOf(user.pid ?? 0);
      const hosts = when === 'idle' ? 1 : 2;
      await expect.poll(() => childrenOf(itself).length).toBe(hosts);
      const all = [itself, ...childrenOf(itself)];
      user.kill('SIGKILL');
      await expect.poll(() => all.filter(isAlive), { timeout: 20_000 }).toEqual([]);
    },
  );

  it('shares our standard error with nobody, which Node would make wait for its reader', async () => {
    await start(UNENDING).started;
    const [itself = 0] = spawnersOf(process.pid);
    const { dev, ino } = statSync(`/proc/${itself}/fd/2`);
    const ours = fstatSync(2);
    expect({ dev, ino }).not.toEqual({ dev: ours.dev, ino: ours.ino });
  });

  it('is heard in the log when it complains', async () => {
    await start(UNENDING).started;
    const [itself = 0] = spawnersOf(process.pid);
    // Node says on standard error that it listens for a debugger, or that it cannot.
    process.kill(itself, 'SIGUSR1');
    await expect.poll(() => JSON.stringify(entries), { timeout: 20_000 }).toContain('isolate hosts complains');
  });

  it('has nothing of ours in its environment', async () => {
    await start(UNENDING).started;
    const [itself = 0] = spawnersOf(process.pid);
    const names = readFileSync(`/proc/${itself}/environ`, 'utf8')
      .split('\0')
      .map((each) => each.split('=')[0]);
    expect(names.filter(Boolean)).toEqual(['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE']);
  });
});
