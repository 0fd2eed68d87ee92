import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { killQuietly, processChain } from '../../memory/process-tree.ts';
import type { CommandLine } from '../../walls/wall-chain.ts';

/** The process that was started: the first of the chain of walls, with the host at its end. */
export type HostChild = {
  readonly process: ChildProcess;
  /** Undefined once it has ended, and when it could not be started. */
  readonly pid: number | undefined;
  /** SIGKILL for the host and all that stands in front of it. */
  kill(): void;
};

export type HostChildListener = {
  /** What it says on its standard error, of which no more than a few kilobytes are heard. */
  stderr(text: string): void;
  /** Once, when it has ended or could not be started. */
  exited(reason: string): void;
};

const STDERR_BYTES_HEARD = 4096;
/** Past these its writes fail: to read on would let a host that never ends keep this thread busy. */
const STDERR_BYTES_MAX = 1024 * 1024;
/** Longer than any kill takes; then the first of the chain is killed itself. */
const KILL_PATIENCE_MS = 2000;

/**
 * Kills what the first of the chain started, if there is such a thing: as init of its pid namespace it takes everything
 * there with it, and the first ends only when all that is gone. So the end of the first is the end of all.
 */
const killChain = (pid: number | undefined): void => {
  if (pid === undefined) return;
  const [first, init] = processChain(pid);
  killQuietly(init ?? first ?? pid);
};

const readStderr = (child: ChildProcess, { stderr }: HostChildListener): void => {
  let read = 0;
  child.stderr?.on('error', () => {});
  child.stderr?.on('data', (bytes: Buffer) => {
    if (read < STDERR_BYTES_HEARD) stderr(bytes.subarray(0, STDERR_BYTES_HEARD - read).toString('utf8'));
    read += bytes.length;
    if (read > STDERR_BYTES_MAX) child.stderr?.destroy();
  });
};

/**
 * For glibc: it gives back at once what it has free at the end of a heap, and not only from ever larger sizes on, and has two
 * heaps instead of one for each thread. Starting and compiling leave several megabytes else. Source: mallopt(3),
 * M_TRIM_THRESHOLD and M_ARENA_MAX.
 */
const MEMORY = { MALLOC_TRIM_THRESHOLD_: String(128 * 1024), MALLOC_ARENA_MAX: '2' };

/**
 * Drivers read a DATE or a timestamp without a zone in local time. Where the `files` wall hides the machine's zone that is UTC;
 * without the wall a script would have other dates on an author's machine than here.
 */
const ENVIRONMENT = { ...MEMORY, TZ: 'UTC' };

/** Descriptor 3 is Node's IPC channel, 4 the frame pipe. */
const STDIO: StdioOptions = ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'];

/**
 * Starts it with nothing of ours in its environment, in a session of its own: to its process group it may send signals,
 * whatever namespace it is in. Throws what Node throws.
 */
export const startHostChild = ({ file, args }: CommandLine, listener: HostChildListener): HostChild => {
  const child = spawn(file, args, { cwd: '/', env: ENVIRONMENT, detached: true, stdio: STDIO });
  let { pid } = child;
  let killed = false;
  const exited = (reason: string): void => {
    pid = undefined;
    child.stderr?.destroy();
    listener.exited(reason);
  };
  child.on('error', ({ message }) => {
    if (child.pid === undefined) exited(message);
  });
  child.once('exit', (code, signal) => exited(signal ?? `exit code ${code}`));
  readStderr(child, listener);
  return {
    process: child,
    get pid() {
      return pid;
    },
    kill() {
      if (killed) return;
      killed = true;
      killChain(pid);
      setTimeout(() => pid !== undefined && killQuietly(pid), KILL_PATIENCE_MS).unref();
    },
  };
};
