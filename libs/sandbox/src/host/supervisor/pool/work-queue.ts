/** Something that waits for an isolate host of its connection. */
export type Waiting<H> = {
  readonly connectionKey: string;
  /** A host is there. */
  start(host: H): void;
  /** None was there in time, or ever will be. */
  giveUp(why: 'queue_full' | 'waited_too_long' | 'closed'): void;
};

export type QueueLimits = { readonly perConnection: number; readonly total: number; readonly waitMs: number };

/** Bounded queues, one for each connection. */
export type WorkQueue<H> = {
  /** Adds it, or gives it up at once when its connection's queue, or all of them together, are full. */
  add(work: Waiting<H>): void;
  /** Takes it out without a word; false when it is no longer waiting. */
  remove(work: Waiting<H>): boolean;
  /** Connections with something waiting, the one that waited longest without being served first. */
  readonly waitingKeys: readonly string[];
  take(connectionKey: string): Waiting<H> | undefined;
  close(): void;
};

export const createWorkQueue = <H>({ perConnection, total, waitMs }: QueueLimits): WorkQueue<H> => {
  const queues = new Map<string, Map<Waiting<H>, NodeJS.Timeout>>();
  let size = 0;
  const remove = (work: Waiting<H>): boolean => {
    const queue = queues.get(work.connectionKey);
    const timer = queue?.get(work);
    if (queue === undefined || timer === undefined) return false;
    clearTimeout(timer);
    queue.delete(work);
    size -= 1;
    if (queue.size === 0) queues.delete(work.connectionKey);
    return true;
  };
  const expire = (work: Waiting<H>): void => {
    if (remove(work)) work.giveUp('waited_too_long');
  };
  return {
    add(work) {
      const queue = queues.get(work.connectionKey) ?? new Map<Waiting<H>, NodeJS.Timeout>();
      if (queue.size >= perConnection || size >= total) return work.giveUp('queue_full');
      queues.set(
        work.connectionKey,
        queue.set(
          work,
          setTimeout(() => expire(work), waitMs),
        ),
      );
      size += 1;
    },
    remove,
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
    close() {
      for (const work of [...queues.values()].flatMap((queue) => [...queue.keys()])) {
        remove(work);
        work.giveUp('closed');
      }
    },
  };
};
