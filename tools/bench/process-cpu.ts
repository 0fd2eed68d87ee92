import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports process times in ticks of 10 ms (`getconf CLK_TCK` is 100 on every platform that we support). */
const TICK_MS = 10;

type Stat = { readonly pid: number; readonly parent: number; readonly cpuMs: number };

/** proc(5): after the command in parentheses come state, parent, …; utime and stime are fields 14 and 15. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
  } catch {
    return undefined;
  }
};

/** CPU time in ms of a process and all that it started and that still lives, except the trees under `without`. */
export const treeCpuMs = (root: number, without: readonly number[] = []): number => {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const stats = pids.flatMap((name) => statOf(Number(name)) ?? []);
  const sum = (pid: number): number =>
    without.includes(pid)
      ? 0
      : (stats.find((stat) => stat.pid === pid)?.cpuMs ?? 0) +
        stats.filter((stat) => stat.parent === pid).reduce((total, child) => total + sum(child.pid), 0);
  return sum(root);
};
