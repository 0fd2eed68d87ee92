import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childrenOf } from '../memory/process-tree.ts';
import { sharedLibraries, systemProgram } from '../runtime/native-files.ts';
import { prepareRuntimeFolder, type RuntimeFolder } from '../runtime/runtime-folder.ts';
import { runtimeOf, temporaryFolder } from '../testing/test-sandbox.ts';
import { refusedCalls } from './system-calls.ts';
import { HOST_PIDS_MAX, type WallChain, wallChains } from './wall-chain.ts';

/*
 * A complete escape from Node, as native code that is bound by nothing but the kernel: what is it able to do? Every attempt
 * is made by a plain program in an isolate host's place, behind the walls that root and an ordinary user can raise.
 */

const perl = systemProgram('perl');
const canTry = process.platform === 'linux' && process.getuid?.() === 0 && perl !== undefined;
const NOBODY = 65_534;
const [HOST_UID, NEIGHBOUR_UID] = [64_001, 64_002];
const [EPERM, ENOSYS] = ['1', '38'];

const folder = temporaryFolder();
const stack = new AsyncDisposableStack();
afterAll(async () => {
  await stack.disposeAsync();
  folder.remove();
});

/** Perl and what it needs, in the runtime: it makes the system calls that Node has no words for. */
const withPerl = (): { readonly files: Record<string, string>; readonly command: readonly string[] } => {
  const libraries = sharedLibraries([perl ?? '']);
  const loader = libraries.find((path) => basename(path).startsWith('ld-')) ?? '';
  const files = Object.fromEntries([perl ?? '', ...libraries].map((path) => [`perl/${basename(path)}`, path]));
  const command = [`/runtime/perl/${basename(loader)}`, '--library-path', '/runtime/perl', '/runtime/perl/perl'];
  return { files, command: [...command, '/runtime/raw-calls.pl'] };
};

const listening = async (server: Server, ...where: [number, string] | [string]): Promise<Server> => {
  server.listen(...(where as [number, string]));
  await once(server, 'listening');
  stack.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return server;
};

type World = {
  readonly runtime: RuntimeFolder;
  readonly command: readonly string[];
  readonly port: number;
  readonly otherPort: number;
  readonly unixSocket: string;
  readonly abstractSocket: string;
};

let world: World;
const prepareWorld = async (): Promise<World> => {
  const { files, command } = withPerl();
  const runtimeFolder = runtimeOf(folder.path, {
    'isolate-host.cjs': join(import.meta.dirname, '../testing/escape-attempts.cjs'),
    'raw-calls.pl': join(import.meta.dirname, '../testing/raw-calls.pl'),
    ...files,
  });
  const runtime = await prepareRuntimeFolder({
    runtimeFolder,
    stateFolder: folder.path,
    nodeBinary: process.execPath,
  });
  const accept = (socket: { on(name: 'error', listener: () => void): unknown }) => socket.on('error', () => {});
  const [port, otherPort] = await Promise.all(
    [0, 0].map(
      async (any) => ((await listening(createServer(accept), any, '127.0.0.1')).address() as AddressInfo).port,
    ),
  );
  const unixSocket = join(folder.path, 'open.sock');
  await listening(createServer(accept), unixSocket);
  chmodSync(unixSocket, 0o777);
  const abstractSocket = `userferry-escape-${process.pid}`;
  await listening(createServer(accept), `\0${abstractSocket}`);
  return { runtime, command, port: port ?? 0, otherPort: otherPort ?? 0, unixSocket, abstractSocket };
};

const asNobody = (words: readonly string[]): readonly string[] => [
  systemProgram('setpriv') ?? '',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  ...words,
];

type Start = { readonly chain: WallChain; readonly byRoot: boolean; readonly uid: number; readonly facts: object };

const commandOf = ({ chain, byRoot, uid, facts }: Start): readonly string[] => {
  const script = `${chain.runtimePath}/isolate-host.cjs`;
  const { file, args } = chain.command(uid, ['--no-warnings', script, JSON.stringify(facts)], []);
  return byRoot ? [file, ...args] : asNobody([file, ...args]);
};

/** A program of its own that starts the host, and says when the host is there. */
const startBetween = (given: Start): ChildProcess => {
  const program = `
    const { spawn } = require('node:child_process');
    const [file, ...args] = JSON.parse(process.argv[1]);
    const child = spawn(file, args, { cwd: '/', env: {}, stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'] });
    child.stdio[4].once('data', () => process.stdout.write('here'));`;
  const args = ['-e', program, JSON.stringify(commandOf(given))];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
};

const start = (given: Start): ChildProcess => {
  const [first = '', ...rest] = commandOf(given);
  return spawn(first, rest, { cwd: '/', env: {}, stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'] });
};

const textOf = async (child: ChildProcess): Promise<string> => {
  let text = '';
  for await (const bytes of child.stdio[4] as Readable) text += bytes;
  return text;
};

const descendantsOf = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

/** The last of a chain of starters, as seen from outside. */
const innermost = (pid: number): number => {
  const [child] = childrenOf(pid);
  return child === undefined ? pid : innermost(child);
};

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

const sockaddr = (family: number, port = 0): string => {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(family, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set([127, 0, 0, 1], 4);
  return `#${bytes.toString('hex')}`;
};

/** One line for each raw call: with arguments that would do something, where there is something to do. */
const rawCalls = (otherPort: number): string[] => {
  const numbers = refusedCalls(process.arch);
  const [unshare, clone] = process.arch === 'x64' ? [272, 56] : [97, 220];
  const newUser = 0x10000000;
  const told: Readonly<Record<string, string>> = {
    socket: '1 1 0',
    connect: `3 ${sockaddr(0)} 16`,
    ptrace: '16 1 0 0',
    inotify_init1: '0',
    memfd_create: '=x 0',
    shmget: '0 4096 950',
    add_key: '=user =x =y 1 -3',
    mount: '=proc =/runtime =proc 0 0',
  };
  const socketFamilies = { unix: 1, inet: 2, inet6: 10, netlink: 16, packet: 17, alg: 38, vsock: 40 };
  const raw = { 'raw-icmp': '2 3 1', 'raw-netlink': '16 3 0' };
  return [
    ...Object.entries(numbers).map(([name, number]) => `${name} ${number} ${told[name] ?? '0'}`),
    ...Object.entries(socketFamilies).map(([name, family]) => `socket-${name} ${numbers.socket} ${family} 1 0`),
    ...Object.entries(raw).map(([name, args]) => `socket-${name} ${numbers.socket} ${args}`),
    `turn-the-socket ${numbers.connect} 3 ${sockaddr(2, otherPort)} 16`,
    `listen-on-the-socket ${numbers.listen} 3 1`,
    `unshare-user ${unshare} ${newUser}`,
    `unshare-everything ${unshare} ${0x7e020080}`,
    `clone-user ${clone} ${newUser + 17}`,
    'clone3 435 0 0',
  ];
};

type Outcome = Readonly<Record<string, unknown>> & { readonly calls: Readonly<Record<string, string>> };

describe.runIf(canTry).each([
  ['root', true],
  ['an ordinary user', false],
] as const)('behind the walls that %s raises, a program in the host’s place', (_, byRoot) => {
  let outcome: Outcome;
  let neighbour: ChildProcess;

  beforeAll(async () => {
    world ??= await prepareWorld();
    const [chain] = wallChains(world.runtime, byRoot);
    if (chain === undefined) throw new Error('there is always a chain');
    const perlFacts = { perl: world.command, calls: [] };
    neighbour = start({ chain, byRoot, uid: NEIGHBOUR_UID, facts: { outlive: true, ...perlFacts } });
    stack.defer(() => void neighbour.kill('SIGKILL'));
    await once(neighbour.stdio[4] as Readable, 'data');
    const facts = {
      ...world,
      perl: world.command,
      calls: rawCalls(world.otherPort),
      neighbour: innermost(neighbour.pid ?? 0),
      neighbourUid: NEIGHBOUR_UID,
      supervisor: process.pid,
      files: ['/etc/passwd', '/etc/hostname', folder.path, import.meta.filename, '/proc/kmsg', '/dev/mem'],
      bomb: 300,
    };
    const child = start({ chain, byRoot, uid: HOST_UID, facts });
    const socket = connect(world.port, '127.0.0.1');
    await once(socket, 'connect');
    child.send('go', socket);
    const lines = (await textOf(child)).trim().split('\n');
    const found = lines.pop() ?? '';
    outcome = { ...JSON.parse(found), calls: Object.fromEntries(lines.map((line) => line.split(' '))) };
  });

  const REFUSED = /^(EPERM|EACCES|ENOENT|EROFS|ESRCH|ENETUNREACH|ENOSYS|EINVAL)$/;
  const refusals = (name: string) => String(outcome[name]).split(',');

  it('finds no environment, and no name of the machine', () => {
    expect(outcome.environment).toBe('');
    // A user namespace's root may not write the name, but then has no way to tell anyone either.
    if (byRoot) expect(outcome['host name']).toBe('sandbox');
  });

  it('sees its own runtime, itself and the process that waits for it, and nothing of the kernel', () => {
    expect(String(outcome['own folder']).split(',')).toEqual(
      expect.arrayContaining(['node', 'proc', 'runtime', 'setpriv', 'unshare']),
    );
    expect(outcome['own folder']).not.toMatch(/etc|home|root|tmp|dev|sys|var/);
    expect(outcome.processes).toBe(2);
    expect(outcome['kernel facts']).toBe('self,thread-self');
  });

  it.each([
    'read outside',
    'read by way of the first process',
    'read another host',
    'use descriptors of the first process',
    'write anywhere',
    'signal another host',
    'signal the supervisor',
    'become another host',
    'take a group',
    'go before others',
    'connect by tcp',
    'connect by tcp, version 6',
    'send by udp',
    'connect to a unix socket',
    'connect to an abstract socket',
  ])('cannot %s', (name) => {
    for (const refusal of refusals(name)) expect(refusal).toMatch(REFUSED);
  });

  it('cannot end the process that waits for it', () => {
    // The kernel keeps a namespace's first process from every signal from inside; for root’s it says so.
    expect(outcome['signal the first process']).toMatch(byRoot ? /^EPERM$/ : /^(EPERM|it worked)$/);
    expect(outcome.calls).toBeDefined();
  });

  it('has no more processes, and no more open files, than its limits', () => {
    expect((outcome['fork bomb'] as { living: number }).living).toBeLessThanOrEqual(HOST_PIDS_MAX);
    expect((outcome['fork bomb'] as { living: number }).living).toBeGreaterThan(10);
    expect(outcome['open many files']).toMatchObject({ code: 'EMFILE' });
    expect((outcome['open many files'] as { count: number }).count).toBeLessThan(1024);
  });

  it('is refused every system call of the list, whatever the arguments', () => {
    const expected = Object.fromEntries(Object.keys(refusedCalls(process.arch)).map((name) => [name, EPERM]));
    expect(outcome.calls).toMatchObject(expected);
    expect(Object.keys(expected).length).toBeGreaterThan(60);
  });

  it('makes no socket of any family', () => {
    const sockets = Object.entries(outcome.calls).filter(([name]) => name.startsWith('socket-'));
    expect(sockets.length).toBe(9);
    for (const [, errno] of sockets) expect(errno).toBe(EPERM);
  });

  it('cannot turn a connected socket that it was given to another address, nor listen on it', () => {
    expect(outcome.calls).toMatchObject({ connect: EPERM, 'turn-the-socket': EPERM, 'listen-on-the-socket': EPERM });
  });

  it('does not outlive the program that started it', async () => {
    const [chain] = wallChains(world.runtime, byRoot);
    if (chain === undefined) throw new Error('there is always a chain');
    const [unending, prctl] = [1, process.arch === 'x64' ? 157 : 167];
    // Its child has a session of its own, and has called off its end with its parent's (PR_SET_PDEATHSIG).
    const facts = { outlive: true, perl: world.command, calls: [`prctl ${prctl} ${unending} 0`] };
    const starter = startBetween({ chain, byRoot, uid: HOST_UID, facts });
    await once(starter.stdout as Readable, 'data');
    const [chainPid = 0] = childrenOf(starter.pid ?? 0);
    const all = descendantsOf(chainPid);
    expect(all.length).toBeGreaterThan(2);
    starter.kill('SIGKILL');
    await expect.poll(() => [chainPid, ...all].filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });

  it('makes no namespace to regain power in', () => {
    expect(outcome.calls).toMatchObject({ 'unshare-user': EPERM, 'unshare-everything': EPERM, 'clone-user': EPERM });
    expect(outcome.calls.clone3).toBe(ENOSYS);
  });
});
