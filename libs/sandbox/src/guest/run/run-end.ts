/** What belongs to one run and must not outlive it, such as idle connections that nobody would ever use again. */
const closers = new Set<() => void>();
let isRunning = false;

/** Calls `close` when the run ends; at once when it has ended already. Returns what takes that back. */
export function endWithRun(close: () => void): () => void {
  if (!isRunning) {
    close();
    return () => undefined;
  }
  closers.add(close);
  return () => void closers.delete(close);
}

export function beginRun(): void {
  closers.clear();
  isRunning = true;
}

export function endRun(): void {
  isRunning = false;
  for (const close of closers) close();
  closers.clear();
}
