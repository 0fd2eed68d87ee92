/** `process.nextTick`: a queue that is emptied after every event from the host and soon after the current microtasks. */
import { validateFunction } from './modules/node-errors.ts';
import { apply, bareList } from './primordials.ts';

type Tick = { readonly callback: (...args: unknown[]) => unknown; readonly args: readonly unknown[] };

/** Node runs ticks when the microtask queue is empty; a few turns of it come close without being able to ask. */
const DRAIN_TURNS = 3;

let queue = bareList<Tick>();
let drainIsDue = false;
let onError: (error: unknown) => void = () => undefined;

export function setTickErrorHandler(handler: (error: unknown) => void): void {
  onError = handler;
}

export function drainTicks(): void {
  while (queue.length > 0) {
    const batch = queue;
    queue = bareList();
    for (let i = 0; i < batch.length; i++) {
      const tick = batch[i] as Tick;
      try {
        apply(tick.callback, undefined, tick.args);
      } catch (error) {
        onError(error);
      }
    }
  }
}

async function drainSoon(): Promise<void> {
  for (let turn = 0; turn < DRAIN_TURNS; turn++) await undefined;
  drainIsDue = false;
  drainTicks();
}

export function nextTick(callback: (...args: unknown[]) => unknown, ...args: unknown[]): void {
  validateFunction(callback, 'callback');
  queue[queue.length] = { callback, args };
  if (drainIsDue) return;
  drainIsDue = true;
  void drainSoon();
}

/** Forgets what a finished run left. */
export function clearTicks(): void {
  queue = bareList();
  drainIsDue = false;
}
