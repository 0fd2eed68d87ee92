import { randomUUID } from 'node:crypto';
import type { CallContext } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { count, type Labels, outsideSpans, showGauge } from '@userferry/telemetry';

type OutboxName = Labels<'userferry_outbox_waiting'>['outbox'];

export type OutboxOptions<T> = {
  /** For the log: what is sent, in the plural. */
  readonly what: string;
  /** For the metrics. */
  readonly name: OutboxName;
  /** Gives those that were not taken; rejects where none was. */
  readonly send: (items: readonly T[], call: CallContext) => Promise<readonly T[]>;
  readonly batchMax: number;
  /** How long the first of a batch waits for others; 0: for what comes in the same turn of the loop. */
  readonly gatherMs: number;
  /** Beyond it the newest are dropped and counted. */
  readonly capacity: number;
  /** How long one try may take; five seconds unless said. */
  readonly sendMsMax?: number;
  readonly log: Pick<Logger, 'warn'>;
  readonly wait?: (ms: number) => Promise<void>;
};

/** Sends each by itself, all at once, and gives those that were not taken. */
export const sendEach = async <T>(parts: readonly T[], send: (part: T) => Promise<void>): Promise<readonly T[]> => {
  const ends = await Promise.allSettled(parts.map(send));
  return parts.filter((_, at) => ends[at]?.status === 'rejected');
};

/** How long to wait before each repeat; what still fails after the last one is dropped and counted. */
const WAITS_MS = [100, 500, 2_000];
const SEND_MS_MAX = 5_000;

/**
 * Sends what a call leaves behind off that call's path: in batches, one after the other, each tried a few times. Bounded
 * in every direction, so that a store that is away costs nothing but what is lost; a crash loses what is waiting.
 */
export const createOutbox = <T>(options: OutboxOptions<T>): AsyncDisposable & { readonly add: (item: T) => void } => {
  const { what, name, send, batchMax, gatherMs, capacity, log, sendMsMax = SEND_MS_MAX, wait = pause } = options;
  const waiting: T[] = [];
  let [dropped, closing] = [0, false];
  let running: Promise<void> | undefined;
  let underway = 0;
  let hurry: () => void = () => undefined;

  /** Ends early when a batch is full, and for whoever stops. */
  const gather = (): Promise<void> =>
    new Promise((resolve) => {
      // A turn of the loop at least, so that a call's own work comes first.
      if (gatherMs === 0 || closing || waiting.length >= batchMax) return void setImmediate(resolve);
      const timer = setTimeout(resolve, gatherMs);
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const shown = showGauge('userferry_outbox_waiting', () => [[waiting.length + underway, { outbox: name }]]);

  const drop = (items: number): void => {
    dropped += items;
    count('userferry_outbox_dropped_total', { outbox: name }, items);
  };

  /** How many were not taken. What was is not sent again: to do it twice is another thing than to do it once. */
  const trySend = async (batch: readonly T[]): Promise<number> => {
    let left = batch;
    for (const waitMs of [0, ...WAITS_MS]) {
      // Whoever stops does not wait for a store that is away.
      if (waitMs > 0 && closing) break;
      if (waitMs > 0) await wait(waitMs);
      const call = { requestId: randomUUID(), deadlineMs: Date.now() + sendMsMax };
      const sent = left;
      left = await send(sent, call).catch(() => sent);
      if (left.length === 0) break;
    }
    return left.length;
  };

  const reportDropped = (): void => {
    if (dropped > 0) log.warn({ dropped }, `${what} were dropped: the store did not take them`);
    dropped = 0;
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      await gather();
      const batch = waiting.splice(0, batchMax);
      underway = batch.length;
      const left = await trySend(batch);
      if (left > 0) drop(left);
      underway = 0;
      // Else every batch that waits would cost the time of one that is not taken.
      if (dropped > 0 && closing) drop(waiting.splice(0).length);
      reportDropped();
    }
    running = undefined;
  };

  const add = (item: T): void => {
    if (waiting.length >= capacity) {
      drop(1);
      return;
    }
    waiting.push(item);
    if (waiting.length >= batchMax) hurry();
    running ??= outsideSpans(drain);
  };

  const close = async (): Promise<void> => {
    closing = true;
    hurry();
    await running;
    reportDropped();
    shown[Symbol.dispose]();
  };

  return { add, [Symbol.asyncDispose]: close };
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
