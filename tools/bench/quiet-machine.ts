import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { foreignCpuMs, TICK_MS } from './process-cpu.ts';
import { quantile, rounded } from './statistics.ts';

const WINDOW_MS = 1_000;
const LOOPS = 40;
const LOOP_HASHES = 400;
const BLOCK = Buffer.alloc(16 * 1024, 'userferry');

/** Beyond these, times and CPU times say as much of the machine as of us. Shares are of one processor. */
const BOUNDS = { others: 0.1, steal: 0.02, spread: 0.15 } as const;

/** How quiet the machine was, before or while something was measured. */
export type Quiet = { readonly quiet: boolean; readonly reason: string };

/** proc(5): the first line of /proc/stat has user, nice, system, idle, iowait, irq, softirq and steal, of all processors. */
const stolenMs = (): number => {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  return Number(line.split(/\s+/)[8] ?? 0) * TICK_MS;
};

/** p90 ÷ p10 - 1 of a loop that does the same each time. */
const calibrationSpread = (): number => {
  const times = Array.from({ length: LOOPS }, () => {
    const started = performance.now();
    for (let n = 0; n < LOOP_HASHES; n += 1) createHash('sha256').update(BLOCK).digest();
    return performance.now() - started;
  });
  const settled = times.slice(LOOPS / 4);
  return quantile(settled, 0.9) / quantile(settled, 0.1) - 1;
};

const verdict = (complaints: readonly string[]): Quiet => ({
  quiet: complaints.length === 0,
  reason: complaints.join('; ') || 'nothing else ran',
});

/** What is said of shares of one processor's time that others had and that the machine below took. */
const complaintsOf = (others: number, steal: number): string[] => [
  ...(others > BOUNDS.others ? [`others had ${rounded(others)} of a processor`] : []),
  ...(steal > BOUNDS.steal ? [`${rounded(steal)} of a processor was stolen`] : []),
];

/** Looks for a second before anything is measured: who else runs, what is stolen, and how far the same work varies. */
export const lookAround = async (): Promise<Quiet & { readonly said: string }> => {
  const watch = watchOthers();
  await sleep(WINDOW_MS);
  const { others, steal } = watch.shares();
  const spread = calibrationSpread();
  const [load = 0] = loadavg();
  const said = `load ${load.toFixed(1)} on ${availableParallelism()} processors, others ${rounded(others)}, stolen ${rounded(steal)}, the same work varies by ${rounded(spread)}`;
  const complaints = complaintsOf(others, steal);
  if (spread > BOUNDS.spread) complaints.push(`the same work varies by ${rounded(spread)}`);
  return { ...verdict(complaints), said };
};

/** Processes that came and went between the two looks are not seen: what we start ourselves often ends as an orphan. */
const watchOthers = () => {
  const [before, stolenBefore, since] = [foreignCpuMs(), stolenMs(), performance.now()];
  return {
    shares: () => {
      const ms = performance.now() - since;
      const usedMs = [...foreignCpuMs()].reduce((sum, [pid, cpuMs]) => sum + cpuMs - (before.get(pid) ?? 0), 0);
      return { others: usedMs / ms, steal: (stolenMs() - stolenBefore) / ms };
    },
  };
};

/** From here on; the answer tells whether anybody but this process and what it started had the processors meanwhile. */
export const watchMachine = (): (() => Quiet) => {
  const watch = watchOthers();
  return () => {
    const { others, steal } = watch.shares();
    return verdict(complaintsOf(others, steal));
  };
};
