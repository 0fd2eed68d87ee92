import { Worker } from 'node:worker_threads';
import type { BrokerEvent, BrokerInput, BrokerOrder } from '../broker/protocol.ts';
import { processChain } from '../memory/process-tree.ts';
import { threadSource } from '../thread-source.ts';

/** The supervisor's end of one broker thread. */
export type Broker = {
  order(order: BrokerOrder): void;
  /** SIGKILL, from here and at once: a broker may be busy with what the host wrote. */
  kill(): void;
  /** The process that was started: the first of the chain of walls. */
  readonly pid: number | undefined;
};

export type BrokerListener = (event: Exclude<BrokerEvent, { event: 'spawned' }>) => void;

const THREAD = new URL('../broker/broker-thread.ts', import.meta.url);
/** A frame of the largest size, its text and its parsed form find room; a host that needs more loses its broker. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 };

const killQuietly = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
};

/**
 * Kills what the first of the chain started, if there is such a thing: as init of its pid namespace it takes everything
 * there with it, and the first ends only when all that is gone. So the end of the first is the end of all.
 */
const killChain = (pid: number | undefined): void => {
  if (pid === undefined) return;
  const [first, init] = processChain(pid);
  killQuietly(init ?? first);
};

/** Longer than any kill takes; then the first of the chain is killed itself. */
const KILL_PATIENCE_MS = 2000;

/** Starts a child process in a thread of its own. `listener` hears `exit` exactly once, last, whatever happened to either. */
export const startBroker = (input: BrokerInput, listener: BrokerListener): Broker => {
  const thread = new Worker(threadSource(THREAD), {
    workerData: input,
    resourceLimits: RESOURCE_LIMITS,
    env: {},
    name: 'isolate-host-broker',
  });
  let pid: number | undefined;
  let killed = false;
  let exited = false;
  const exit = (reason: string): void => {
    if (exited) return;
    exited = true;
    pid = undefined;
    listener({ event: 'exit', reason });
  };
  thread.on('message', (event: BrokerEvent) => {
    if (event.event === 'spawned') {
      pid = event.pid;
      if (killed) killChain(pid);
    } else if (event.event === 'exit') exit(event.reason);
    else if (!exited) listener(event);
  });
  const ended = (): void => {
    if (exited) return;
    killChain(pid);
    setTimeout(exit, KILL_PATIENCE_MS, 'its broker ended').unref();
  };
  thread.on('error', ended);
  thread.on('exit', ended);
  return {
    order: (order) => {
      if (!exited) thread.postMessage(order);
    },
    kill() {
      if (killed) return;
      killed = true;
      killChain(pid);
      setTimeout(() => killQuietly(pid), KILL_PATIENCE_MS).unref();
    },
    get pid() {
      return pid;
    },
  };
};
