import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds that can be left behind. */
export type Census = {
  readonly rssMb: number;
  readonly heapMb: number;
  readonly descriptors: number;
  readonly threads: number;
  readonly children: number;
};

const MIB = 1024 * 1024;

const childrenOfThread = (thread: string): number => {
  try {
    return readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).length;
  } catch {
    return 0; // the thread has just ended
  }
};

/** Of this process, now, after a garbage collection where node was started with `--expose-gc`. */
export const takeCensus = (): Census => {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const threads = readdirSync('/proc/self/task');
  return {
    rssMb: Math.round(rss / MIB),
    heapMb: Math.round(heapUsed / MIB),
    descriptors: readdirSync('/proc/self/fd').length,
    threads: threads.length,
    children: threads.reduce((sum, thread) => sum + childrenOfThread(thread), 0),
  };
};
