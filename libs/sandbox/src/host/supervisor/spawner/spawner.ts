import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { programSource } from '../program-source.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import type { CommandLine } from '../walls/wall-chain.ts';
import type { HostNews, News, Order } from './messages.ts';
import type { OpenOrder } from './process/open-socket.ts';

/** A host that was asked for: what it is told beside its frames. */
export type SpawnedHost = {
  /** Opens a connection and hands it over as the answer to the question `id`. */
  open(id: number, order: OpenOrder): void;
  /** SIGKILL for the host and all that stands in front of it. */
  kill(): void;
};

/** `pipe`: frames from the host and to it, with the news that it has started and with no other. */
export type HostListener = (news: HostNews, pipe?: Socket) => void;

/**
 * Starts the processes of isolate hosts, by a process of its own. To start one, Node copies the process (fork) and waits
 * until the copy has become the new program: in script-runner, which is large, that takes milliseconds, on busy processors
 * tens of them, and all logins stood still meanwhile. The spawner is small, and nobody waits for it but those who need a
 * new host or a new connection: it opens those, too, since only who has started a host can hand it a socket.
 */
export type Spawner = {
  /** The listener hears of the host until it has `exited`, which it always does. */
  start(command: CommandLine, listener: HostListener): SpawnedHost;
  /** Call it when all hosts have ended. */
  close(): Promise<void>;
};

/** What it holds is what each start copies. */
const FLAGS = ['--no-warnings', '--max-semi-space-size=1', '-e', 'import(process.argv[1])'];
const ENDED = 'the process that starts isolate hosts has ended';

/** In a session of its own: what a terminal tells all of its processes, to end most of all, is for script-runner to decide. */
const startProcess = (): ChildProcess =>
  spawn(process.execPath, [...FLAGS, programSource(new URL('./process/spawner-process.ts', import.meta.url)).href], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

type Running = { readonly child: ChildProcess; tell(order: Order): void; start(order: Order, to: HostListener): void };

const runProcess = (onEnded: (reason: string) => void): Running => {
  const child = startProcess();
  const listeners = new Map<number, HostListener>();
  const tell = (order: Order): void => void child.send(order, () => {});
  const ended = (reason: string): void => {
    onEnded(reason);
    for (const listener of listeners.values()) listener({ kind: 'exited', reason: ENDED });
    listeners.clear();
  };
  child.on('message', ({ host, news }: News, handle: unknown) => {
    const listener = listeners.get(host);
    if (news.kind === 'exited') listeners.delete(host);
    listener?.(news, handle instanceof Socket ? handle : undefined);
  });
  child.on('error', ({ message }) => {
    if (child.pid === undefined) ended(message);
  });
  child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
  return {
    child,
    tell,
    start(order, to) {
      listeners.set(order.host, to);
      tell(order);
    },
  };
};

export const createSpawner = (log: SandboxLog): Spawner => {
  let lastHost = 0;
  let running: Running | undefined;
  let closed = false;
  /** One that has ended is followed by another, for whoever asks next; its hosts have ended with it. */
  const current = (): Running => {
    running ??= runProcess((reason) => {
      running = undefined;
      if (!closed) log.error({ reason }, ENDED);
    });
    return running;
  };
  return {
    start(command, listener) {
      lastHost += 1;
      const [host, by] = [lastHost, current()];
      by.start({ kind: 'start', host, command }, listener);
      return {
        open: (id, order) => by.tell({ kind: 'open', host, id, order }),
        kill: () => by.tell({ kind: 'kill', host }),
      };
    },
    async close() {
      closed = true;
      const child = running?.child;
      if (child === undefined) return;
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
};
