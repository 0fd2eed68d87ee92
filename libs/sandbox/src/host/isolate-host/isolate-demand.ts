/** Of one script: who waits for an isolate, and whether another is worth being made. */
import { RETIREMENT } from './limits.ts';
import type { Lease } from './slot-pool.ts';

export type IsolateDemand = {
  /** Nobody has, gets or awaits one. */
  isIdle(): boolean;
  /** Isolates that somebody has, that are made ready for their next run, and that are being made. */
  busy(): number;
  /** An isolate for a run: the next that is free. */
  wait(): Promise<Lease>;
  /** A run has taken one that was idle. */
  begun(): void;
  /** A run has ended after so long; its isolate is offered again or lost. */
  ended(tookMs: number): void;
  lost(): void;
  /** One that was made or is fit again. False where nobody waits for it. */
  offer(lease: Lease, from: 'made' | 'renewed'): boolean;
  /** One could not be made. */
  failed(error: unknown): void;
};

type Waiting = {
  readonly sinceMs: number;
  late?: NodeJS.Timeout;
  give(lease: Lease): void;
  fail(error: unknown): void;
};

/** What another isolate costs until it is as fast as those that are warm, in terms of what making it takes. */
const WARMING = 8;
/** How much of the last run there is in what is taken for usual. */
const LAST_SHARE = 0.25;
/** How much is left of what runs have waited for each other, with each that did not have to. */
const WAITED_LASTS = 0.9;

/**
 * An isolate that serves its first runs costs many times what a warm one does, and holds memory for as long as it is there.
 * So runs share a few. Up to `atOnce`, another is made where waiting for those would take longer than making it, or where runs
 * have waited as long already: most that come together do so by chance, and rarely. Past that, where waiting would take longer
 * than making it and warming it up. `make` is called for each; what it makes is offered, and `makingMs` tells what making takes,
 * which is more on a busy machine.
 */
export function createIsolateDemand(atOnce: number, make: () => void, makingMs: () => number): IsolateDemand {
  const waiting: Waiting[] = [];
  let [inUse, renewing, making] = [0, 0, 0];
  let usualMs: number | undefined;
  let waitedMs = 0;

  const busy = (): number => inUse + renewing + making;
  const isWorthIt = (): boolean => {
    const unserved = waiting.length - renewing - making;
    if (unserved <= 0) return false;
    if (busy() === 0) return true;
    // Of a script that nobody knows yet the first run may be a long one.
    if (usualMs === undefined) return busy() < atOnce;
    const toWaitMs = (unserved * usualMs) / Math.max(1, inUse);
    return busy() < atOnce ? toWaitMs + waitedMs > makingMs() : toWaitMs > WARMING * makingMs();
  };
  const patienceMs = (): number => {
    if (waiting.length <= renewing) return RETIREMENT.waitMs;
    return busy() < atOnce ? makingMs() : RETIREMENT.waitMs + WARMING * makingMs();
  };
  const makeOne = (): void => {
    making += 1;
    waitedMs = 0;
    make();
  };

  /** Looks after one that waits longer than it should have to. Where there was room for another, those before it may have had it. */
  const watch = (one: Waiting): void => {
    const hadRoom = waiting.length > renewing && busy() < atOnce;
    one.late = setTimeout(() => {
      if (!waiting.includes(one) || making >= waiting.length) return;
      if (hadRoom && busy() >= atOnce) watch(one);
      else makeOne();
    }, patienceMs());
  };

  return {
    isIdle: () => busy() + waiting.length === 0,
    busy: () => busy(),
    wait() {
      const { promise, resolve, reject } = Promise.withResolvers<Lease>();
      const one: Waiting = { sinceMs: performance.now(), give: resolve, fail: reject };
      waiting.push(one);
      if (isWorthIt()) makeOne();
      watch(one);
      return promise.finally(() => clearTimeout(one.late));
    },
    begun() {
      inUse += 1;
      waitedMs *= WAITED_LASTS;
    },
    ended(tookMs) {
      inUse -= 1;
      renewing += 1;
      usualMs = usualMs === undefined ? tookMs : usualMs + (tookMs - usualMs) * LAST_SHARE;
    },
    lost() {
      renewing -= 1;
      if (isWorthIt()) makeOne();
    },
    offer(lease, from) {
      if (from === 'made') making -= 1;
      else renewing -= 1;
      const next = waiting.shift();
      if (next === undefined) return false;
      inUse += 1;
      // Where there are as many as may compute at once, to wait is no reason for another.
      if (from === 'renewed' && busy() < atOnce) waitedMs += performance.now() - next.sinceMs;
      next.give(lease);
      return true;
    },
    failed(error) {
      making -= 1;
      waiting.shift()?.fail(error);
    },
  };
}
