import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports process times in ticks of 10 ms (`getconf CLK_TCK` is 100 on every platform that we support). */
export const TICK_MS = 10;

type Stat = {
  readonly pid: number;
  readonly parent: number;
  /** With that of its children that have ended. */
  readonly cpuMs: number;
  readonly ownCpuMs: number;
};

/** proc(5): after the command in parentheses come state, parent, …; utime, stime, cutime and cstime are fields 14 to 17. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
    const ownCpuMs = (user + system) * TICK_MS;
    return { pid, parent: Number(fields[1]), cpuMs: ownCpuMs + (childrenUser + childrenSystem) * TICK_MS, ownCpuMs };
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

/** CPU time in ms, by pid, of everything that this process did not start. */
export const foreignCpuMs = (): ReadonlyMap<number, number> => {
  const own = new Set(treeOf(process.pid, []).map(({ pid }) => pid));
  return new Map(
    allStats()
      .filter(({ pid }) => !own.has(pid))
      .map(({ pid, ownCpuMs }) => [pid, ownCpuMs]),
  );
};

/** CPU time in ms so far of the living threads of a process and of all that it started, by the threads' names. */
export const threadCpuMs = (root: number): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  for (const { pid } of treeOf(root, []))
    for (const [name, ms] of threadsOf(pid)) sums.set(name, (sums.get(name) ?? 0) + ms);
  return sums;
};

const NANOS_A_MS = 1e6;

/** To the nanosecond, where a process's own times come in ticks. Source: Linux, Documentation/scheduler/sched-stats. */
const threadsOf = (pid: number): readonly (readonly [string, number])[] => {
  const folder = `/proc/${pid}/task`;
  try {
    return readdirSync(folder).map((thread) => {
      const [ran] = readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ');
      return [readFileSync(`${folder}/${thread}/comm`, 'utf8').trim(), Number(ran) / NANOS_A_MS];
    });
  } catch {
    return [];
  }
};
