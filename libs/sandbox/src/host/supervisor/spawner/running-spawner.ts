import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, killWhole } from '../memory/process-tree.ts';
import { programSource } from '../program-source.ts';
import type { CommandLine } from '../walls/wall-chain.ts';
import type { News, Order } from './messages.ts';
import type { HostListener } from './spawner.ts';

/** One process that starts isolate hosts. */
export type RunningSpawner = {
  tell(order: Order): void;
  start(host: number, command: CommandLine, listener: HostListener): void;
  kill(host: number): void;
  close(): Promise<void>;
};

type Known = { readonly listener: HostListener; pid?: number; patience?: NodeJS.Timeout };

/** What it holds is what each start copies. */
const FLAGS = ['--no-warnings', '--max-semi-space-size=1', '-e', 'import(process.argv[1])'];
/** It does at once what it is told, however busy the machine is. One that hangs would start nothing, and end nothing. */
const PATIENCE_MS = 5_000;
const GONE_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 10;

/**
 * In a session of its own: what a terminal tells all of its processes, to end most of all, is for script-runner to decide.
 * Descriptor 4 closes when this process ends.
 */
const startProcess = (): ChildProcess =>
  spawn(process.execPath, [...FLAGS, programSource(new URL('./process/spawner-process.ts', import.meta.url)).href], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'],
  });

/** Nobody waits for it any more, and its first process for none of the others: it is gone when all of them are. */
const endOrphan = async (pid: number): Promise<void> => {
  const chain = killWhole(pid);
  const until = Date.now() + GONE_WITHIN_MS;
  while (chain.some(isAlive) && Date.now() < until) await sleep(LOOK_EVERY_MS);
};

const answered = (host: Known): void => {
  clearTimeout(host.patience);
  delete host.patience;
};

/** Starts one. `onEnded` is told once, when it has ended or could not be started. Throws what Node throws. */
export const runSpawner = (onEnded: (reason: string) => void): RunningSpawner => {
  const child = startProcess();
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
    orphans.forEach(answered);
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
    if (news.kind === 'started') known.pid = news.pid;
    if (news.kind === 'killed' || news.kind === 'exited') answered(known);
    if (news.kind === 'exited') hosts.delete(host);
    known.listener(news, pipe);
  });
  child.on('error', ({ message }) => {
    if (child.pid === undefined) ended(message);
  });
  child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
  // There is none where no descriptor was left to start it with.
  const lifeline = (child.stdio as ChildProcess['stdio'] | undefined)?.[4] as Socket | undefined;
  lifeline?.on('error', () => {});
  const giveUp = (): void => void child.kill('SIGKILL');
  /** If this process stood still, what was answered meanwhile is read before it is looked for. */
  const unlessAnswered = (host: Known) => (): void =>
    void setImmediate(() => {
      if (host.patience !== undefined) giveUp();
    });
  return {
    tell,
    start(host, command, listener) {
      hosts.set(host, { listener });
      tell({ kind: 'start', host, command });
    },
    kill(host) {
      const known = hosts.get(host);
      if (known === undefined) return;
      known.patience ??= setTimeout(unlessAnswered(known), PATIENCE_MS).unref();
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
