import { readFileSync } from 'node:fs';
import { childrenOf } from '../memory/process-tree.ts';

/** The processes that start isolate hosts for a process. */
export const spawnersOf = (pid: number): number[] =>
  childrenOf(pid).filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').startsWith('userferry-spawner'));
