import type { Socket } from 'node:net';
import type { SandboxLog } from '../sandbox-log.ts';
import type { CommandLine } from '../walls/wall-chain.ts';
import type { HostNews } from './messages.ts';
import type { OpenOrder } from './process/open-socket.ts';
import { type RunningSpawner, runSpawner } from './running-spawner.ts';

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
  /** The listener hears of the host until it has `exited`, which it always does: at once where the spawner cannot be started. */
  start(command: CommandLine, listener: HostListener): SpawnedHost;
  /** Call it when all hosts have ended. */
  close(): Promise<void>;
};

const NOBODY: SpawnedHost = { open: () => undefined, kill: () => undefined };

export const createSpawner = (log: SandboxLog): Spawner => {
  let lastHost = 0;
  let running: RunningSpawner | undefined;
  /** One that ends is followed by another, for whoever asks next; its hosts end with it. */
  const current = (): RunningSpawner => {
    if (running !== undefined) return running;
    const onEnded = (reason: string): void => {
      if (running !== spawner) return;
      running = undefined;
      log.error({ reason }, 'the process that starts isolate hosts has ended');
    };
    const onComplaint = (complaint: string): void =>
      log.error({ complaint }, 'the process that starts isolate hosts complains');
    const spawner = runSpawner(onEnded, onComplaint);
    running = spawner;
    return spawner;
  };
  return {
    start(command, listener) {
      lastHost += 1;
      const host = lastHost;
      try {
        const by = current();
        by.start(host, command, listener);
        return { open: (id, order) => by.open(host, id, order), kill: () => by.kill(host) };
      } catch (error) {
        // Not before the caller has what it asked for.
        queueMicrotask(() => listener({ kind: 'exited', reason: (error as Error).message }));
        return NOBODY;
      }
    },
    async close() {
      const last = running;
      running = undefined;
      await last?.close();
    },
  };
};
