/** Warm isolates that nobody has run in for a while give back what runs have left in their heaps. */
import { REST } from './limits.ts';
import type { Lease } from './slot-pool.ts';

export type IsolatesAtRest = {
  /** An isolate has become idle. */
  watch(lease: Lease): void;
};

/** `isIdle` tells whether an isolate is still there and nobody's. */
export function createIsolatesAtRest(isIdle: (lease: Lease) => boolean): IsolatesAtRest {
  const watched = new Set<Lease>();
  const freedAfter = new WeakMap<Lease, number>();

  const isWorthIt = (lease: Lease): boolean => {
    const freed = freedAfter.get(lease);
    return lease.runs >= (freed === undefined ? REST.firstRuns : freed + REST.runs);
  };
  const free = (lease: Lease): void => {
    freedAfter.set(lease, lease.runs);
    // What is wrong with an isolate shows in its next run.
    void lease.slot.freeMemory().catch(() => undefined);
  };
  const look = (lease: Lease): void => {
    const isResting = isIdle(lease);
    const leftMs = lease.takenAtMs + REST.ms - performance.now();
    if (isResting && leftMs > 0) {
      lookIn(lease, leftMs);
      return;
    }
    watched.delete(lease);
    if (isResting) free(lease);
  };
  const lookIn = (lease: Lease, ms: number): void => void setTimeout(() => look(lease), ms).unref();

  return {
    watch(lease) {
      if (watched.has(lease) || !isWorthIt(lease)) return;
      watched.add(lease);
      lookIn(lease, REST.ms);
    },
  };
}
