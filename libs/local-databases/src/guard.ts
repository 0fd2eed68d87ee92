import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Account } from './server-account.ts';

/**
 * Ends a server whose owner died without saying goodbye (kill -9 included) and removes its temporary folder.
 * It learns of the owner's end by the closing of a pipe, which no operating system forgets to do.
 */
export type Guard = {
  /** From now on this process is ended when the owner dies. */
  watch(pid: number): void;
  /** The watched process has ended; there is nothing to end any more. */
  unwatch(): void;
  /** The owner has tidied up by itself. */
  dismiss(): Promise<void>;
};

const SCRIPT = `
trap '' HUP INT TERM
pid=
while read -r word value; do
  case $word in
    watch) pid=$value ;;
    done) exit 0 ;;
  esac
done
if [ -n "$pid" ] && kill -s "$1" "$pid" 2>/dev/null; then
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -9 "$pid" 2>/dev/null
fi
[ -z "$2" ] || rm -rf -- "$2"
`;

/** Starts a guard in a session of its own, so that Ctrl-C in a terminal does not reach it. */
export function startGuard(options: {
  account: Account;
  stopSignal: 'INT' | 'TERM';
  /** Removed when the owner dies; undefined keeps everything. */
  temporaryFolder: string | undefined;
}): Guard {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'sh', options.stopSignal, options.temporaryFolder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    ...options.account.spawnAs,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return {
    watch: (pid) => guard.stdin.write(`watch ${pid}\n`),
    unwatch: () => guard.stdin.write('watch\n'),
    dismiss: () => dismiss(guard),
  };
}

async function dismiss(guard: ChildProcess): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null || guard.pid === undefined) return;
  guard.ref();
  const ended = once(guard, 'exit');
  guard.stdin?.end('done\n');
  await ended;
}
