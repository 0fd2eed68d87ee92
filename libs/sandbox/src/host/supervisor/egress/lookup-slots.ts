/** Whose turn it is to take one of the few threads in which the system's resolver works. */
export type LookupSlots = {
  /** What gives the slot back, if the connection may have one now. */
  enter(connectionKey: string): Leave | undefined;
  /** The same when it is the connection's turn. Rejects when the signal aborts before. */
  wait(connectionKey: string, signal: AbortSignal): Promise<Leave>;
};
export type Leave = () => void;
type Waiter = { readonly key: string; admit(): void };

/** Lookups of one connection. */
const AT_ONCE = 2;
/** A lookup that is out for longer hangs. It keeps its thread until the system's resolver gives up: nothing ends it. */
const HANGS_AFTER_MS = 1_000;
/** How long a connection counts as one whose lookups hang, after one of them did. */
const SUSPECT_MS = 60_000;

/** One thread is left to the rest of this process, which looks up names as well; a single slot would be no turn at all. */
const slotsOf = (threads: number): number => Math.max(2, threads - 1);

/** Connections whose lookups hung of late. */
const createSuspects = () => {
  const untilMs = new Map<string, number>();
  return {
    has: (key: string): boolean => (untilMs.get(key) ?? 0) > performance.now(),
    add(key: string): void {
      for (const [known, until] of untilMs) if (until <= performance.now()) untilMs.delete(known);
      untilMs.set(key, performance.now() + SUSPECT_MS);
    },
  };
};

/**
 * Slots over all connections. The last two (of few: the last one) are for connections that have no lookup out and of which
 * none hung in the last minute; one whose lookup did gets one at a time.
 */
export const createLookupSlots = (threads: number, hangsAfterMs = HANGS_AFTER_MS): LookupSlots => {
  const slots = slotsOf(threads);
  const reserve = slots > 3 ? 2 : 1;
  const suspects = createSuspects();
  const out = new Map<string, number>();
  const waiting = new Set<Waiter>();
  let taken = 0;

  const mayEnter = (key: string): boolean => {
    const held = out.get(key) ?? 0;
    const suspect = suspects.has(key);
    if (held === 0 && !suspect) return taken < slots;
    return held < (suspect ? 1 : AT_ONCE) && taken < slots - reserve;
  };
  const count = (key: string, change: 1 | -1): void => {
    const held = (out.get(key) ?? 0) + change;
    taken += change;
    if (held > 0) out.set(key, held);
    else out.delete(key);
  };
  const admitWaiting = (): void => {
    for (const waiter of waiting)
      if (mayEnter(waiter.key)) {
        waiting.delete(waiter);
        waiter.admit();
      }
  };
  const take = (key: string): Leave => {
    count(key, 1);
    let hangs = false;
    const hang = (): void => {
      hangs = true;
      suspects.add(key);
    };
    const timer = setTimeout(hang, hangsAfterMs).unref();
    return () => {
      clearTimeout(timer);
      if (hangs) suspects.add(key);
      count(key, -1);
      admitWaiting();
    };
  };
  const wait: LookupSlots['wait'] = (key, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<Leave>();
    const waiter = { key, admit: () => resolve(take(key)) };
    const giveUp = (): void => {
      waiting.delete(waiter);
      reject(signal.reason);
    };
    waiting.add(waiter);
    signal.addEventListener('abort', giveUp, { once: true });
    return promise;
  };
  return { enter: (key) => (mayEnter(key) ? take(key) : undefined), wait };
};
