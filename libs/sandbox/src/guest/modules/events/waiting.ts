/** `events.once` and `events.on`: emitters and event targets as promises and asynchronous iterators. */
import { nextTick } from '../../ticks.ts';
import { invalidArgType, validateFunction, validateObject } from '../node-errors.ts';
import { validateCount } from './emitter.ts';

type Listener = (...args: unknown[]) => void;
/** An emitter or an event target; which, is seen when a listener is added. */
type Source = {
  on?(name: unknown, listener: Listener): unknown;
  once?(name: unknown, listener: Listener): unknown;
  removeListener?(name: unknown, listener: Listener): unknown;
  addEventListener?(name: unknown, listener: Listener, options?: object): void;
  removeEventListener?(name: unknown, listener: Listener): void;
  pause?(): void;
  resume?(): void;
};
type WithSignal = { readonly signal?: AbortSignal };

function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

function validateSignal(signal: unknown, name: string): void {
  if (signal !== undefined && (typeof signal !== 'object' || signal === null || !('aborted' in signal))) {
    throw invalidArgType(name, 'an instance of AbortSignal', signal);
  }
}

function listenOn(source: Source, name: unknown, listener: Listener, once: boolean): void {
  if (typeof source?.on === 'function') {
    if (once) source.once?.(name, listener);
    else source.on(name, listener);
  } else if (typeof source?.addEventListener === 'function') source.addEventListener(name, listener, { once });
  else throw invalidArgType('emitter', 'an instance of EventEmitter', source);
}

function unlisten(source: Source, name: unknown, listener: Listener): void {
  if (typeof source.removeListener === 'function') source.removeListener(name, listener);
  else source.removeEventListener?.(name, listener);
}

export async function once(source: Source, name: unknown, options: WithSignal = {}): Promise<unknown[]> {
  validateObject(options, 'options');
  const { signal } = options;
  validateSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortError(signal);
  return new Promise((resolve, reject) => {
    const onError: Listener = (error) => {
      unlisten(source, name, onEvent);
      signal?.removeEventListener('abort', onAbort);
      reject(error);
    };
    const onEvent: Listener = (...args) => {
      source.removeListener?.('error', onError);
      signal?.removeEventListener('abort', onAbort);
      resolve(args);
    };
    const onAbort = (): void => {
      unlisten(source, name, onEvent);
      unlisten(source, 'error', onError);
      reject(abortError(signal as AbortSignal));
    };
    listenOn(source, name, onEvent, true);
    if (name !== 'error' && typeof source.once === 'function') source.once('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

type Waiter = { resolve: (result: IteratorResult<unknown[]>) => void; reject: (error: unknown) => void };
type OnOptions = WithSignal & {
  readonly close?: readonly unknown[];
  readonly highWaterMark?: number;
  readonly lowWaterMark?: number;
};

const asyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype)) as object;

/** `events.on`: an asynchronous iterator over an emitter's events, which it pauses when too many wait. */
export function on(source: Source, name: unknown, options: OnOptions = {}): AsyncIterableIterator<unknown[]> {
  validateObject(options, 'options');
  const { signal, close = [] } = options;
  validateSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortError(signal);
  const high = validateCount(options.highWaterMark ?? Number.MAX_SAFE_INTEGER, 'options.highWaterMark');
  const low = validateCount(options.lowWaterMark ?? 1, 'options.lowWaterMark');
  const values: unknown[][] = [];
  const waiters: Waiter[] = [];
  let failure: { error: unknown } | undefined;
  let isOver = false;
  let isPaused = false;
  const onValue: Listener = (...args) => {
    const waiter = waiters.shift();
    if (waiter) {
      waiter.resolve({ value: args, done: false });
      return;
    }
    values.push(args);
    if (values.length > high && !isPaused) {
      isPaused = true;
      source.pause?.();
    }
  };
  const onError: Listener = (error) => {
    const waiter = waiters.shift();
    if (waiter) waiter.reject(error);
    else failure = { error };
    void finish();
  };
  const onAbort = (): void => onError(abortError(signal as AbortSignal));
  const onClose = (): void => void finish();
  const finish = (): Promise<IteratorResult<unknown[]>> => {
    unlisten(source, name, onValue);
    if (name !== 'error') source.removeListener?.('error', onError);
    for (const event of close) unlisten(source, event, onClose);
    signal?.removeEventListener('abort', onAbort);
    isOver = true;
    for (const waiter of waiters.splice(0)) waiter.resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  };
  listenOn(source, name, onValue, false);
  if (name !== 'error' && typeof source.on === 'function') source.on('error', onError);
  for (const event of close) listenOn(source, event, onClose, true);
  signal?.addEventListener('abort', onAbort, { once: true });
  const iterator = {
    next(): Promise<IteratorResult<unknown[]>> {
      const value = values.shift();
      if (isPaused && values.length < low) {
        isPaused = false;
        source.resume?.();
      }
      if (value) return Promise.resolve({ value, done: false });
      if (failure) {
        const { error } = failure;
        failure = undefined;
        return Promise.reject(error);
      }
      if (isOver) return finish();
      return new Promise((resolve, reject) => waiters.push({ resolve, reject }));
    },
    return: () => finish(),
    throw(error: unknown): Promise<IteratorResult<unknown[]>> {
      if (!(error instanceof Error)) throw invalidArgType('EventEmitter.AsyncIterator', 'an instance of Error', error);
      onError(error);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return Object.setPrototypeOf(iterator, asyncIteratorPrototype) as AsyncIterableIterator<unknown[]>;
}

export function addAbortListener(signal: AbortSignal, listener: (event: unknown) => void): Disposable {
  if (signal === undefined) throw invalidArgType('signal', 'an instance of AbortSignal', signal);
  validateSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  if (signal.aborted) nextTick(() => listener(undefined));
  else signal.addEventListener('abort', listener as () => void, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener as () => void) };
}
