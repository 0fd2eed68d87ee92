import { readFileSync } from 'node:fs';
import { treePids } from './process-cpu.ts';

const KIB = 1024;

/** What one process holds, in bytes; pages that several share count as a part each (PSS). 0 when it has just ended. */
const pssBytes = (pid: number): number => {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * KIB;
  } catch {
    return 0;
  }
};

/** What a process and all that it has started hold together, in bytes. */
export const treePssBytes = (root: number): number => treePids(root).reduce((sum, pid) => sum + pssBytes(pid), 0);

/** Looks every `intervalMs`; `stop` tells the most that a tree held, in bytes. */
export const watchTreeMemory = (root: number, intervalMs: number): { stop(): number } => {
  let most = treePssBytes(root);
  const look = () => {
    most = Math.max(most, treePssBytes(root));
  };
  const timer = setInterval(look, intervalMs);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
};
