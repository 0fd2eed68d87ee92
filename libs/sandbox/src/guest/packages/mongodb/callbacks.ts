/** Callbacks: drivers before 5 took one as the last argument of every asynchronous method. */
import { renameError } from './old-errors.ts';
import { type Method, replaceMethod } from './patch.ts';

type Callback = (error: unknown, result?: unknown) => void;

/** The driver's own affairs, and methods whose functions are no callbacks. */
const LEFT_ALONE = /^(?:_.*|getMore|cursorInit|fetchBatch|cleanup|transformDocument|withSession|withTransaction)$/;

/** Brings a promise to a callback; what the callback throws is nobody's rejection, as it was then. */
export function answer(promise: Promise<unknown>, callback: unknown): void {
  promise.then(
    (result) => process.nextTick(callback as Callback, null, result),
    (error) => process.nextTick(callback as Callback, error),
  );
}

/** The arguments without the callback at their end, and the callback. */
export function splitCallback(args: readonly unknown[]): readonly [rest: unknown[], callback: Callback | undefined] {
  const last = args.at(-1);
  return typeof last === 'function' ? [args.slice(0, -1), last as Callback] : [[...args], undefined];
}

/** A function that gives a promise, or takes a callback. */
export const eitherWay = (start: (this: object, ...args: unknown[]) => Promise<unknown>): Method =>
  function (...args) {
    const [rest, callback] = splitCallback(args);
    const promise = start.apply(this, rest);
    return callback === undefined ? promise : answer(promise, callback);
  };

const takingCallback = (original: Method): Method =>
  function (...args) {
    const [rest, callback] = splitCallback(args);
    const promise = renameError(this, original.apply(this, callback === undefined ? args : rest) as Promise<unknown>);
    return callback === undefined ? promise : answer(promise, callback);
  };

/** `forEach` takes a function of its own before the callback. */
const takingSecondCallback = (original: Method): Method =>
  function (...args) {
    const [iterator, callback] = args;
    const promise = renameError(this, original.call(this, iterator) as Promise<unknown>);
    return typeof callback === 'function' ? answer(promise, callback) : promise;
  };

const isAsync = (value: unknown): boolean =>
  typeof value === 'function' && (value.constructor as { name: string }).name === 'AsyncFunction';

/** Lets every asynchronous method of a class take a callback; without one it does what it did. */
export function giveCallbacks(target: object): void {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
    if (!isAsync(value) || LEFT_ALONE.test(name)) continue;
    replaceMethod(target, name, name === 'forEach' ? takingSecondCallback : takingCallback);
  }
}
