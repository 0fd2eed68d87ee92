/** Something that waits for an isolate host of its connection. */
export type Waiting<H> = {
  readonly connectionKey: string;
  /** Epoch milliseconds: it is given up when it has not begun by then. */
  readonly latestStartMs?: number | undefined;
  /** A host is there. */
  start(host: H): void;
  /** None was there in time, or ever will be; another try is worth it after so many milliseconds. */
  giveUp(why: Refusal, retryAfterMs: number): void;
};

/** Why there is no host: `runner_full`, `no_hosts` and `closed` are not of the connection's making. */
export type Refusal = 'queue_full' | 'runner_full' | 'waited_too_long' | 'too_late' | 'no_hosts' | 'closed';

export type QueueLimits = { readonly perConnection: number; readonly total: number; readonly waitMs: number };

/** Bounded queues, one for each connection. */
export type WorkQueue<H> = {
  /**
   * Adds it, or gives it up at once when its connection's queue is full. A queue may be as long as there is room beside all
   * of them: the more wait, the shorter each may be, so that there always is room for a connection with nothing waiting.
   */
  add(work: Waiting<H>): void;
  /** Takes it out without a word; false when it is no longer waiting. */
  remove(work: Waiting<H>): boolean;
  /** As many wait. */
  readonly size: number;
  /** As many of one connection. */
  waitingOf(connectionKey: string): number;
  /** Connections with something waiting, the one that waited longest without being served first. */
  readonly waitingKeys: readonly string[];
  take(connectionKey: string): Waiting<H> | undefined;
  /** Gives up what waits for a host of this connection: there will be none. */
  refuse(connectionKey: string): void;
  close(): void;
};

/** Nobody who is refused is asked back at once. */
const RETRY_AFTER_MIN_MS = 500;

type Place = { readonly timer: NodeJS.Timeout; readonly since: number };

export const createWorkQueue = <H>({ perConnection, total, waitMs }: QueueLimits): WorkQueue<H> => {
  const queues = new Map<string, Map<Waiting<H>, Place>>();
  let size = 0;
  const remove = (work: Waiting<H>): boolean => {
    const queue = queues.get(work.connectionKey);
    const place = queue?.get(work);
    if (queue === undefined || place === undefined) return false;
    clearTimeout(place.timer);
    queue.delete(work);
    size -= 1;
    if (queue.size === 0) queues.delete(work.connectionKey);
    return true;
  };
  const expire = (work: Waiting<H>, why: Refusal): void => {
    if (remove(work)) work.giveUp(why, waitMs);
  };
  const expiry = (work: Waiting<H>): NodeJS.Timeout => {
    const leftMs = (work.latestStartMs ?? Number.POSITIVE_INFINITY) - Date.now();
    return leftMs < waitMs
      ? setTimeout(expire, leftMs, work, 'too_late')
      : setTimeout(expire, waitMs, work, 'waited_too_long');
  };
  /** As long as the first in line has waited already: so long it takes at the least. */
  const refuseOne = (work: Waiting<H>, queue: ReadonlyMap<unknown, Place>): void => {
    const [first] = queue.values();
    const waitedMs = first === undefined ? 0 : performance.now() - first.since;
    const retryAfterMs = Math.ceil(Math.min(waitMs, Math.max(RETRY_AFTER_MIN_MS, waitedMs)));
    work.giveUp(queue.size > 0 ? 'queue_full' : 'runner_full', retryAfterMs);
  };
  const giveUpAll = (works: readonly Waiting<H>[], why: Refusal): void => {
    for (const work of works) {
      remove(work);
      work.giveUp(why, RETRY_AFTER_MIN_MS);
    }
  };
  return {
    add(work) {
      const queue = queues.get(work.connectionKey) ?? new Map<Waiting<H>, Place>();
      if (queue.size >= Math.min(perConnection, total - size)) return refuseOne(work, queue);
      queue.set(work, { timer: expiry(work), since: performance.now() });
      queues.set(work.connectionKey, queue);
      size += 1;
    },
    remove,
    get size() {
      return size;
    },
    waitingOf: (connectionKey) => queues.get(connectionKey)?.size ?? 0,
    get waitingKeys() {
      return [...queues.keys()];
    },
    take(connectionKey) {
      const queue = queues.get(connectionKey);
      const [first] = queue?.keys() ?? [];
      if (queue === undefined || first === undefined) return undefined;
      remove(first);
      // To the end of the line of connections.
      if (queues.delete(connectionKey)) queues.set(connectionKey, queue);
      return first;
    },
    refuse: (connectionKey) => giveUpAll([...(queues.get(connectionKey)?.keys() ?? [])], 'no_hosts'),
    close: () =>
      giveUpAll(
        [...queues.values()].flatMap((queue) => [...queue.keys()]),
        'closed',
      ),
  };
};
