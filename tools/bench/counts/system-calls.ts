import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const SETTLE_MS = 500;
const EVENT = 'raw_syscalls:sys_enter';

/**
 * How many system calls some processes make while `work` runs, counted by the kernel itself, without slowing them down.
 * `undefined` where `perf` is not installed or may not count.
 */
export const countSystemCalls = async (
  pids: readonly number[],
  work: () => Promise<void>,
): Promise<number | undefined> => {
  const perf = spawn('perf', ['stat', '-x', ';', '-e', EVENT, '-p', pids.join(',')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  const ended = Promise.race([once(perf, 'close'), once(perf, 'error')]).catch(() => undefined);
  let told = '';
  perf.stderr.on('data', (chunk) => {
    told += chunk;
  });
  await sleep(SETTLE_MS);
  await work();
  if (perf.exitCode === null) perf.kill('SIGINT');
  await ended;
  const count = /^\s*(\d+);/m.exec(told)?.[1];
  return count === undefined ? undefined : Number(count);
};
