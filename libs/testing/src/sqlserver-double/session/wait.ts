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
