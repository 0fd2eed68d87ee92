/** What belongs to one run and must not outlive it, such as idle connections that nobody would ever use again. */
import { create, objectKeys } from '../primordials.ts';

type Closers = Record<number, () => void>;

let closers: Closers = create(null);
let nextId = 1;
let isRunning = false;

/** Calls `close` when the run ends; at once when it has ended already. Returns what takes that back. */
export function endWithRun(close: () => void): () => void {
  if (!isRunning) {
    close();
    return () => undefined;
  }
  const id = nextId++;
  const all = closers;
  all[id] = close;
  return () => void delete all[id];
}

export function beginRun(): void {
  closers = create(null);
  isRunning = true;
}

export function endRun(): void {
  isRunning = false;
  const ids = objectKeys(closers);
  for (let i = 0; i < ids.length; i++) closers[ids[i] as unknown as number]?.();
  closers = create(null);
}
