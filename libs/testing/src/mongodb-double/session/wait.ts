import { setTimeout as sleep } from 'node:timers/promises';

/** Waits, at most until the signal is aborted. */
export const wait = async (delayMs: number, signal: AbortSignal): Promise<void> => {
  if (delayMs > 0 && !signal.aborted) await sleep(delayMs, undefined, { signal }).catch(() => {});
};
