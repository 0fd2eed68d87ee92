import { readFileSync } from 'node:fs';
import { descendantsOf } from './host-memory.ts';

const KIB = 1024;

/** What a process holds, of what it shares with others its part: proc(5), `smaps_rollup`. 0 for one that is gone. */
export const proportionalBytes = (pid: number): number => {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) * KIB;
  } catch {
    return 0;
  }
};

/** The same of a process and all that it has started. */
const treeBytes = (pid: number): number =>
  [pid, ...descendantsOf(pid)].reduce((sum, each) => sum + proportionalBytes(each), 0);

/** Looks at a process and all that it has started every so often; `stop` tells the most, in bytes. */
export const watchTree = (pid: number, everyMs: number): { stop(): number } => {
  let most = treeBytes(pid);
  const timer = setInterval(() => {
    most = Math.max(most, treeBytes(pid));
  }, everyMs);
  return {
    stop() {
      clearInterval(timer);
      return Math.max(most, treeBytes(pid));
    },
  };
};
