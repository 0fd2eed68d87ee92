import { readdirSync, readFileSync } from 'node:fs';

export const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return readdirSync('/proc')
      .map(Number)
      .filter((other) => parentOf(other) === pid);
  }
};

const parentOf = (pid: number): number | undefined => {
  if (!Number.isInteger(pid)) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
};

/**
 * A chain of starters, each with one child: `unshare` stays in front of what it forked. The first is `pid`, the last is the
 * program itself.
 */
export const processChain = (pid: number): number[] => {
  try {
    const [child] = childrenOf(pid);
    return child === undefined ? [pid] : [pid, ...processChain(child)];
  } catch {
    return [pid]; // no /proc: nothing stands in between either
  }
};

/** SIGKILL for all of a chain, where nobody is left who waits for its first. */
export const killWhole = (pid: number): void => {
  for (const each of processChain(pid)) {
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // It was faster.
    }
  }
};
