/** Settings of Node's modules that are variables of ours, which no look at the module finds. */
import { undoAtEnd } from '../at-end.ts';

/** What a script sets holds for its run; the next one meets what is set here. */
export type RunSetting<T> = { get(): T; set(value: T): void };

/** What has to be called with a change, so that `undo` is called at the end of its run, and of those after it. */
export function undoneAtEnd(undo: () => void): () => void {
  let isKnown = false;
  return () => {
    // Not before: most is never changed.
    if (!isKnown) undoAtEnd(undo);
    isKnown = true;
  };
}

export function runSetting<T>(initial: T): RunSetting<T> {
  let value = initial;
  const changes = undoneAtEnd(() => {
    value = initial;
  });
  return {
    get: () => value,
    set(next) {
      changes();
      value = next;
    },
  };
}
