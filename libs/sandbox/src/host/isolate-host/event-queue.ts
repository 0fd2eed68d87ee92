/** Events on their way to the guest: gathered for one turn of the event loop, then handed over as a batch. */
import type { GuestEvent } from '../../bridge/operations.ts';
import { LIMITS } from './limits.ts';

export type EventQueue = {
  /** Queues an event; `bytes` is what it weighs. */
  emit(event: GuestEvent, bytes?: number): void;
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

/** `onFull(true)` is called when more waits for the guest than it should, `onFull(false)` when there is room again. */
export function createEventQueue(
  dispatch: (events: readonly GuestEvent[]) => Promise<void>,
  onFull: (full: boolean) => void,
): EventQueue {
  let closed = false;
  let queue: GuestEvent[] = [];
  let queuedBytes = 0;
  let waitingBytes = 0;
  let deliveredBytes = 0;
  let full = false;

  const weigh = (change: number): void => {
    waitingBytes += change;
    const isFull = waitingBytes > LIMITS.bytesWaiting;
    if (isFull === full || closed) return;
    full = isFull;
    onFull(isFull);
  };
  /** An isolate that is never idle does not get to finish collecting what the events before have left. */
  const breathe = (bytes: number): void => {
    deliveredBytes += bytes;
    if (deliveredBytes < LIMITS.bytesBetweenBreaths) return;
    deliveredBytes = 0;
    const held = LIMITS.bytesWaiting + 1;
    weigh(held);
    setTimeout(() => weigh(-held), LIMITS.breathMs).unref();
  };
  const flush = (): void => {
    if (closed || queue.length === 0) return;
    const batch = queue;
    const bytes = queuedBytes;
    queue = [];
    queuedBytes = 0;
    void Promise.all(inBatches(batch).map(dispatch)).finally(() => {
      breathe(bytes);
      weigh(-bytes);
    });
  };
  return {
    emit(event, bytes = 0) {
      if (closed) return;
      if (queue.length === 0) setImmediate(flush);
      queue.push(event);
      queuedBytes += bytes;
      if (bytes > 0) weigh(bytes);
    },
    close() {
      closed = true;
      queue = [];
    },
  };
}
