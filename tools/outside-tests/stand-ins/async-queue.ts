/** Stands in for the one function of the `async` package that pg's tests use: a queue that works one thing at a time. */
import { ledger } from './ledger.ts';

type Worker<T> = (task: T, done: () => void) => void;

export const queue = <T>(worker: Worker<T>) => {
  const waiting: T[] = [];
  let isBusy = false;
  const next = (): void => {
    const [task] = waiting.splice(0, 1);
    isBusy = task !== undefined;
    if (task === undefined) return;
    worker(task, () => {
      ledger.pending -= 1;
      setImmediate(next);
    });
  };
  return {
    drain: (): void => undefined,
    push(task: T): void {
      ledger.pending += 1;
      waiting.push(task);
      if (!isBusy) {
        isBusy = true;
        setImmediate(next);
      }
    },
  };
};
