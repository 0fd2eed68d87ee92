import { type ChildProcess, spawn } from 'node:child_process';
import type { Guard } from './guard.ts';
import type { Account } from './server-account.ts';

/** A running database server. */
export type ServerProcess = {
  pid: number;
  /** Resolves when the process has ended, however it did. */
  ended: Promise<void>;
  /** Sends `signal` and waits for the end; after `patienceMs` it is killed. */
  end(signal: NodeJS.Signals, patienceMs: number): Promise<void>;
};

/**
 * Starts a server and waits until its log matches `ready`. It never holds the calling process open: when that ends, or
 * is killed, the guard ends the server. A failed start throws an Error with the last lines that the server wrote.
 */
export async function startServerProcess(
  command: { program: string; args: string[]; ready: RegExp; startTimeoutMs: number },
  account: Account,
  guard: Guard,
): Promise<ServerProcess> {
  const child = spawn(command.program, command.args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // Ctrl-C in a terminal is for the owner, who ends this server last
    cwd: '/',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    ...account.spawnAs,
  });
  if (child.pid !== undefined) guard.watch(child.pid);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  void ended.then(() => guard.unwatch());
  await waitUntilReady(child, command);
  child.unref();
  (child.stderr as unknown as { unref(): void }).unref();
  return { pid: child.pid ?? -1, ended, end: (signal, patienceMs) => endProcess(child, ended, { signal, patienceMs }) };
}

async function waitUntilReady(
  child: ChildProcess,
  command: { program: string; ready: RegExp; startTimeoutMs: number },
): Promise<void> {
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      if (command.ready.test(output)) resolve();
    };
    child.stderr?.on('data', onData);
    child.once('error', (error) => reject(startError(command.program, error.message)));
    child.once('close', () => reject(startError(command.program, output)));
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(startError(command.program, `${output}\nnot ready after ${command.startTimeoutMs} ms`));
    }, command.startTimeoutMs);
  });
  try {
    await ready;
  } finally {
    clearTimeout(timer);
    child.stderr?.removeAllListeners('data');
    child.stderr?.resume(); // its log may quote statements: read on so that it can write, keep nothing
  }
}

function startError(program: string, output: string): Error {
  return new Error(`${program} did not start: ${output.trim().slice(-1500)}`);
}

async function endProcess(
  child: ChildProcess,
  ended: Promise<void>,
  how: { signal: NodeJS.Signals; patienceMs: number },
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill(how.signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), how.patienceMs);
  await ended;
  clearTimeout(timer);
}
