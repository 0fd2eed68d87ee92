/** What a run takes of the processors' time, and of everybody's. */
import type { Slot } from './slot.ts';

/** An isolate that is gone has no clock and says 0: what the process used in the meantime is an upper bound then. */
const cpuMsOf = (isolateNs: bigint, { user, system }: NodeJS.CpuUsage): number =>
  isolateNs > 0n ? Number(isolateNs) / 1e6 : (user + system) / 1000;

/** Begins to measure a run; gives what tells how much it has taken since. */
export function measureRun(slot: Slot, startedAtMs: number): () => { readonly wallMs: number; readonly cpuMs: number } {
  const cpuBefore = slot.cpuNs();
  const processCpuBefore = process.cpuUsage();
  return () => ({
    wallMs: performance.now() - startedAtMs,
    cpuMs: cpuMsOf(slot.cpuNs() - cpuBefore, process.cpuUsage(processCpuBefore)),
  });
}
