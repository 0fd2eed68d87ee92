/** `events`: the npm package plus what Node has and it lacks. */
import { EventEmitter as Base } from 'events/';
import { nextTick } from '../ticks.ts';

type Emitter = import('node:events').EventEmitter;
type WithSignal = { readonly signal?: AbortSignal };

const errorMonitor: unique symbol = Symbol('events.errorMonitor');

function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

const plainEmit = Base.prototype.emit;
/** As in Node, `errorMonitor` listeners see an error before the others, and do not count as handling it. */
Base.prototype.emit = function emit(this: Emitter, name: string | symbol, ...args: unknown[]): boolean {
  if (name === 'error') plainEmit.call(this, errorMonitor, ...args);
  return plainEmit.call(this, name, ...args);
};

const plainOnce = (Base as unknown as { once: typeof import('node:events').once }).once;
async function once(emitter: Emitter, name: string | symbol, options?: WithSignal): Promise<unknown[]> {
  const signal = options?.signal;
  if (signal === undefined) return plainOnce(emitter, name);
  if (signal.aborted) throw abortError(signal);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    plainOnce(emitter, name).then(resolve, reject);
  });
}

type Waiter = { resolve: (result: IteratorResult<unknown[]>) => void; reject: (error: unknown) => void };

/** `events.on`: an asynchronous iterator over an emitter's events. */
function on(emitter: Emitter, name: string | symbol, options?: WithSignal): AsyncIterableIterator<unknown[]> {
  const values: unknown[][] = [];
  const waiters: Waiter[] = [];
  let failure: { error: unknown } | undefined;
  let ended = false;
  const onValue = (...args: unknown[]): void => {
    const waiter = waiters.shift();
    if (waiter) waiter.resolve({ value: args, done: false });
    else values.push(args);
  };
  const onError = (error: unknown): void => {
    const waiter = waiters.shift();
    if (waiter) waiter.reject(error);
    else failure = { error };
  };
  const finish = (): Promise<IteratorResult<unknown[]>> => {
    ended = true;
    emitter.removeListener(name, onValue);
    emitter.removeListener('error', onError);
    for (const waiter of waiters.splice(0)) waiter.resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  };
  emitter.on(name, onValue);
  if (name !== 'error') emitter.on('error', onError);
  const { signal } = options ?? {};
  signal?.addEventListener('abort', () => onError(abortError(signal)), { once: true });
  return {
    next() {
      const value = values.shift();
      if (value) return Promise.resolve({ value, done: false });
      if (failure) {
        const { error } = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (ended) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
    },
    return: finish,
    throw(error: unknown) {
      failure = { error };
      return finish();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function addAbortListener(signal: AbortSignal, listener: (event: unknown) => void): Disposable {
  if (signal.aborted) nextTick(listener);
  else signal.addEventListener('abort', listener as () => void, { once: true });
  const dispose = (): void => signal.removeEventListener('abort', listener as () => void);
  return { [Symbol.dispose]: dispose };
}

export const events = Object.assign(Base, {
  EventEmitter: Base,
  errorMonitor,
  captureRejectionSymbol: Symbol.for('nodejs.rejection'),
  captureRejections: false,
  usingDomain: false,
  once,
  on,
  addAbortListener,
  setMaxListeners(count: number, ...targets: Emitter[]) {
    if (targets.length === 0) Base.defaultMaxListeners = count;
    for (const target of targets) target.setMaxListeners?.(count);
  },
  getMaxListeners: (target: Emitter) => target.getMaxListeners?.() ?? Base.defaultMaxListeners,
  getEventListeners: (target: Emitter, name: string) => target.listeners?.(name) ?? [],
});
export const { EventEmitter } = events;
