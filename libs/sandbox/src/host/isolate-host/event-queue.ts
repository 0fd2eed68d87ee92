/** Events on their way to the guest: gathered for one turn of the event loop, then handed over as a batch. */
import type { GuestEvent } from '../../bridge/operations.ts';
import { LIMITS } from './limits.ts';

export type EventQueue = {
  /** Queues an event; `bytes` is what it weighs. */
  emit(event: GuestEvent, bytes?: number): void;
  /** Does something for a guest that waits for it, and gives the events that it made; none where others go before them. */
  gather(act: () => void): readonly GuestEvent[];
  close(): void;
};

/**
 * Node runs all that data set off before it tells of the end that came with it; the guest does so between two batches,
 * not within one.
 */
function inBatches(events: readonly GuestEvent[]): GuestEvent[][] {
  const batches: GuestEvent[][] = [];
  for (const event of events) {
    const last = batches.at(-1);
    if (last === undefined || event[1] === 'end' || event[1] === 'error') batches.push([event]);
    else last.push(event);
  }
  return batches;
}

/**
 * `dispatch` takes a batch into the isolate and never rejects. `onFull(true)` is called when more waits for the guest
 * than it should, `onFull(false)` when there is room again.
 *
 * One batch at a time: isolated-vm keeps every value that it brought in until the isolate has nothing more to do, so an
 * isolate that always finds the next batch waiting would hold all that it was ever given.
 */
export function createEventQueue(
  dispatch: (events: readonly GuestEvent[]) => Promise<void>,
  onFull: (full: boolean) => void,
): EventQueue {
  let closed = false;
  let delivering = false;
  let queue: GuestEvent[] = [];
  let queuedBytes = 0;
  let waitingBytes = 0;
  let full = false;
  let gathering: GuestEvent[] | undefined;

  const weigh = (change: number): void => {
    waitingBytes += change;
    const isFull = waitingBytes > LIMITS.bytesWaiting;
    if (isFull === full || closed) return;
    full = isFull;
    onFull(isFull);
  };
  const deliverQueued = async (): Promise<void> => {
    const batches = inBatches(queue);
    const bytes = queuedBytes;
    queue = [];
    queuedBytes = 0;
    for (const batch of batches) if (!closed) await dispatch(batch);
    weigh(-bytes);
  };
  const deliver = async (): Promise<void> => {
    while (!closed && queue.length > 0) await deliverQueued();
    delivering = false;
  };
  return {
    emit(event, bytes = 0) {
      if (closed) return;
      if (gathering !== undefined) {
        gathering.push(event);
        return;
      }
      queue.push(event);
      queuedBytes += bytes;
      if (bytes > 0) weigh(bytes);
      if (delivering) return;
      delivering = true;
      setImmediate(deliver);
    },
    gather(act) {
      const events: GuestEvent[] = [];
      if (queue.length === 0) gathering = events;
      try {
        act();
      } finally {
        gathering = undefined;
      }
      return events;
    },
    close() {
      closed = true;
      queue = [];
    },
  };
}
