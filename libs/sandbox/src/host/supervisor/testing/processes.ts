import { readFileSync } from 'node:fs';
import { childrenOf } from '../memory/process-tree.ts';

/** Is there such a process that has not ended? */
export const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/** The processes that start isolate hosts for a process. */
export const spawnersOf = (pid: number): number[] =>
  childrenOf(pid).filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').startsWith('userferry-spawner'));
