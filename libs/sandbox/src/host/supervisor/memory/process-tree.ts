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

/** Is there such a process that has not ended? Where there is no /proc, none is known of. */
export const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/** SIGKILL, for one that may have ended already. */
export const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
};

/** SIGKILL for all of a chain, where nobody is left who waits for its first. Gives those that were killed. */
export const killWhole = (pid: number): number[] => {
  const chain = processChain(pid);
  for (const each of chain) killQuietly(each);
  return chain;
};
