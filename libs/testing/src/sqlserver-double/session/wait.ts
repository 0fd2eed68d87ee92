import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, at most until the signal is aborted. */
export const wait = async (delayMs: number, signal: AbortSignal): Promise<void> => {
  if (delayMs > 0 && !signal.aborted) await sleep(delayMs, undefined, { signal }).catch(() => {});
};

/** The promise's value, or undefined as soon as the signal is aborted. */
export const unlessAborted = async <Value>(
  promise: Value | Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> => {
  if (signal.aborted) return undefined;
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

/** The items of a source, synchronous or not, until the signal is aborted: a source that hangs is then left behind. */
export async function* untilAborted<Item>(
  source: Iterable<Item> | AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  if (Symbol.iterator in source) {
    for (const item of source) {
      if (signal.aborted) return;
      yield item;
    }
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await unlessAborted(iterator.next(), signal);
    if (next === undefined) void iterator.return?.().catch(() => {});
    if (next === undefined || next.done) return;
    yield next.value;
  }
}
