import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports process times in ticks of 10 ms (`getconf CLK_TCK` is 100 on every platform that we support). */
export const TICK_MS = 10;

type Stat = { readonly pid: number; readonly parent: number; readonly cpuMs: number };

/** proc(5): after the command in parentheses come state, parent, …; utime, stime, cutime and cstime are fields 14 to 17. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { pid, parent: Number(fields[1]), cpuMs: ticks * TICK_MS };
  } catch {
    return undefined;
  }
};

const allStats = (): readonly Stat[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);

const treeOf = (root: number, without: readonly number[]): readonly Stat[] => {
  const stats = allStats();
  const from = (pid: number): readonly Stat[] =>
    without.includes(pid)
      ? []
      : [
          ...stats.filter((stat) => stat.pid === pid),
          ...stats.filter((stat) => stat.parent === pid).flatMap((child) => from(child.pid)),
        ];
  return from(root);
};

/** CPU time in ms of a process and all that it started, those that have ended included, except the trees under `without`. */
export const treeCpuMs = (root: number, without: readonly number[] = []): number =>
  treeOf(root, without).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
