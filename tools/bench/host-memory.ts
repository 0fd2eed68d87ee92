import { readdirSync, readFileSync } from 'node:fs';

const INTERVAL_MS = 2;
const LOOK_AROUND_EVERY = 10;
const KIB = 1024;

const orNothing = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

const childrenOf = (pid: number): number[] => {
  const threads = orNothing(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return threads.flatMap((thread) =>
    (orNothing(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')) ?? '')
      .split(' ')
      .filter((word) => word.trim() !== '')
      .map(Number),
  );
};

/** All that a process has started, and what that has started. */
export const descendantsOf = (pid: number): number[] =>
  childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

/** Isolate hosts among what a process has started. */
export const isolateHostsBelow = (pid: number): number[] =>
  descendantsOf(pid).filter((each) =>
    orNothing(() => readFileSync(`/proc/${each}/cmdline`, 'utf8'))?.includes('isolate-host.cjs'),
  );

/** The most that a process has held since it began; proc(5). */
const peakBytes = (pid: number): number => {
  const status = orNothing(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '';
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) * KIB;
};

/** Watches the isolate hosts below a process; `stop` tells the most that any of them has held, in bytes. */
export const watchHostMemory = (pid: number): { stop(): number } => {
  let hosts = isolateHostsBelow(pid);
  let most = 0;
  let looks = 0;
  const timer = setInterval(() => {
    looks += 1;
    if (looks % LOOK_AROUND_EVERY === 0) hosts = isolateHostsBelow(pid);
    for (const host of hosts) most = Math.max(most, peakBytes(host));
  }, INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
};
