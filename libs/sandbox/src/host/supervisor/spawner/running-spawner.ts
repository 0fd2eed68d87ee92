import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, killWhole } from '../memory/process-tree.ts';
import { programSource } from '../program-source.ts';
import type { CommandLine } from '../walls/wall-chain.ts';
import type { HostNews, News, Order } from './messages.ts';
import { createPatience, type Patience } from './patience.ts';
import type { OpenOrder } from './process/open-socket.ts';
import type { HostListener } from './spawner.ts';

/** One process that starts isolate hosts. */
export type RunningSpawner = {
  start(host: number, command: CommandLine, listener: HostListener): void;
  open(host: number, id: number, order: OpenOrder): void;
  kill(host: number): void;
  close(): Promise<void>;
};

type Known = { readonly listener: HostListener; readonly patience: Patience; pid?: number };

/** What it holds is what each start copies. */
const FLAGS = ['--no-warnings', '--max-semi-space-size=1', '-e', 'import(process.argv[1])'];
/** It does at once what it is told, however busy the machine is. One that hangs would start, open and end nothing. */
const PATIENCE_MS = 5_000;
const GONE_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 10;
const COMPLAINT_BYTES_MAX = 4_096;

/**
 * In a session of its own: what a terminal tells all of its processes, to end most of all, is for script-runner to decide.
 * Descriptor 4 closes when this process ends. Its standard error is its own: Node makes what a child inherits wait for its
 * reader, for us as well, and a log that nobody reads would hold up our end where it goes the way of our standard error.
 */
const startProcess = (): ChildProcess =>
  spawn(process.execPath, [...FLAGS, programSource(new URL('./process/spawner-process.ts', import.meta.url)).href], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
  });

/** Nobody waits for it any more, and its first process for none of the others: it is gone when all of them are. */
const endOrphan = async (pid: number): Promise<void> => {
  const chain = killWhole(pid);
  const until = performance.now() + GONE_WITHIN_MS;
  while (chain.some(isAlive) && performance.now() < until) await sleep(LOOK_EVERY_MS);
};

const openingOf = (id: number): string => `open ${id}`;

/** Notes what a host's news answers. */
const hear = (host: Known, news: HostNews): void => {
  if (news.kind === 'started') host.pid = news.pid;
  else if (news.kind === 'opened' || news.kind === 'not_opened') host.patience.answered(openingOf(news.id));
  else if (news.kind === 'killed') host.patience.answered('kill');
  else if (news.kind === 'exited') host.patience.answeredAll();
};

/**
 * Starts one. `onEnded` is told once, when it has ended or could not be started; `onComplaint` of what Node says of it.
 * Throws what Node throws.
 */
export const runSpawner = (
  onEnded: (reason: string) => void,
  onComplaint: (complaint: string) => void,
): RunningSpawner => {
  const child = startProcess();
  // There is none where no descriptor was left to start it with.
  (child.stderr as Readable | null | undefined)?.on('data', (bytes: Buffer) =>
    onComplaint(bytes.toString('utf8', 0, COMPLAINT_BYTES_MAX)),
  );
  const hosts = new Map<number, Known>();
  const exit = Promise.withResolvers<void>();
  const tell = (order: Order): void => void (child.connected && child.send(order, () => {}));
  const endHost = async ({ listener, pid }: Known, reason: string): Promise<void> => {
    if (pid !== undefined) await endOrphan(pid);
    listener({ kind: 'exited', reason });
  };
  const ended = (reason: string): void => {
    exit.resolve();
    onEnded(reason);
    const orphans = [...hosts.values()];
    for (const { patience } of orphans) patience.answeredAll();
    hosts.clear();
    for (const host of orphans) void endHost(host, 'the process that starts isolate hosts has ended');
  };
  child.on('message', ({ host, news }: News, handle: unknown) => {
    const pipe = handle instanceof Socket ? handle : undefined;
    const known = hosts.get(host);
    if (known === undefined) {
      // The spawner has ended, and this host was not known of by then.
      if (news.kind === 'started') killWhole(news.pid);
      return void pipe?.on('error', () => {}).destroy();
    }
    hear(known, news);
    if (news.kind === 'exited') hosts.delete(host);
    known.listener(news, pipe);
  });
  child.on('error', ({ message }) => {
    if (child.pid === undefined) ended(message);
  });
  child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
  const lifeline = (child.stdio as ChildProcess['stdio'] | undefined)?.[4] as Socket | undefined;
  lifeline?.on('error', () => {});
  const giveUp = (): void => void child.kill('SIGKILL');
  return {
    start(host, command, listener) {
      hosts.set(host, { listener, patience: createPatience(giveUp) });
      tell({ kind: 'start', host, command });
    },
    open(host, id, order) {
      hosts.get(host)?.patience.awaitAnswer(openingOf(id), order.timeoutMs + PATIENCE_MS);
      tell({ kind: 'open', host, id, order });
    },
    kill(host) {
      const known = hosts.get(host);
      if (known === undefined) return;
      known.patience.awaitAnswer('kill', PATIENCE_MS);
      tell({ kind: 'kill', host });
    },
    async close() {
      const patience = setTimeout(giveUp, PATIENCE_MS);
      lifeline?.destroy();
      await exit.promise;
      clearTimeout(patience);
    },
  };
};
