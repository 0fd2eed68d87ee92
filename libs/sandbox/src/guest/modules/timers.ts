import { type Entry, restartTimer, startImmediate, startTimer, stopImmediate, stopTimer } from '../clock.ts';

import { nodeError, outOfRange, validateNumber } from './node-errors.ts';
import { promisesBy } from './promising-form.ts';
import { core } from './registry.ts';

/** What Node's timer functions return. */
export class Timeout {
  readonly #entry: Entry;
  #hasRef = true;
  constructor(entry: Entry) {
    this.#entry = entry;
    entry.self = this;
  }
  get _destroyed(): boolean {
    return this.#entry.isOver;
  }
  ref(): this {
    this.#hasRef = true;
    return this;
  }
  unref(): this {
    this.#hasRef = false;
    return this;
  }
  hasRef(): boolean {
    return this.#hasRef;
  }
  refresh(): this {
    restartTimer(this.#entry);
    return this;
  }
  close(): this {
    stopTimer(this.#entry.id);
    return this;
  }
  [Symbol.toPrimitive](): number {
    return this.#entry.id;
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

class Immediate {
  readonly #entry: Entry;
  #hasRef = true;
  constructor(entry: Entry) {
    this.#entry = entry;
    entry.self = this;
  }
  static stop(immediate: Immediate): void {
    immediate.#entry.isOver = true;
    stopImmediate(immediate.#entry.id);
  }
  get _destroyed(): boolean {
    return this.#entry.isOver;
  }
  ref(): this {
    this.#hasRef = true;
    return this;
  }
  unref(): this {
    this.#hasRef = false;
    return this;
  }
  hasRef(): boolean {
    return this.#hasRef && !this.#entry.isOver;
  }
  [Symbol.dispose](): void {
    stopNow(this);
  }
}
/** Kept here and taken off the class, which scripts can reach. */
const stopNow = Immediate.stop;
Reflect.deleteProperty(Immediate, 'stop');

const DELAY_MAX_MS = 2 ** 31 - 1;
type DelayWarning = readonly [name: string, why: string];
const warnedOf = new Set<string>();

function warningOf(delay: number): DelayWarning | undefined {
  if (Number.isNaN(delay)) return ['TimeoutNaNWarning', 'is not a number'];
  if (delay < 0) return ['TimeoutNegativeWarning', 'is a negative number'];
  return delay > DELAY_MAX_MS ? ['TimeoutOverflowWarning', 'does not fit into a 32-bit signed integer'] : undefined;
}

/** Node says what it makes of a strange delay: of what is too long each time, of the others once. */
function warnOfDelay(delay: unknown): void {
  if (delay === undefined || ((delay as number) >= 0 && (delay as number) <= DELAY_MAX_MS)) return;
  const [name, why] = warningOf(Number(delay)) ?? ['', ''];
  if (name === '' || warnedOf.has(name)) return;
  if (name !== 'TimeoutOverflowWarning') warnedOf.add(name);
  core.process.emitWarning(`${Number(delay)} ${why}.\nTimeout duration was set to 1.`, name);
}

function startWarned(callback: unknown, delay: unknown, args: readonly unknown[], repeat: boolean): Timeout {
  const timer = new Timeout(startTimer(callback, delay, args, repeat));
  warnOfDelay(delay);
  return timer;
}

const setTimeout = (callback: unknown, delay?: unknown, ...args: unknown[]): Timeout =>
  startWarned(callback, delay, args, false);
const setInterval = (callback: unknown, delay?: unknown, ...args: unknown[]): Timeout =>
  startWarned(callback, delay, args, true);
const setImmediate = (callback: unknown, ...args: unknown[]): Immediate =>
  new Immediate(startImmediate(callback, args));

function clearTimeout(timer: unknown): void {
  if (timer instanceof Timeout) timer.close();
  else if (typeof timer === 'number' || typeof timer === 'string') stopTimer(Number(timer));
}
function clearImmediate(immediate: unknown): void {
  if (immediate instanceof Immediate) stopNow(immediate);
}

type Options = { readonly signal?: AbortSignal };

function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}

function waitFor<T>(start: (done: () => void) => () => void, value: T, options: Options | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const signal = options?.signal;
    if (signal?.aborted) return reject(abortError(signal));
    const stop = start(() => resolve(value));
    signal?.addEventListener('abort', () => {
      stop();
      reject(abortError(signal));
    });
  });
}

const promises = {
  setTimeout: <T>(delay?: number, value?: T, options?: Options): Promise<T> =>
    waitFor(
      (done) => {
        const timer = setTimeout(done, delay);
        return () => clearTimeout(timer);
      },
      value as T,
      options,
    ),
  setImmediate: <T>(value?: T, options?: Options): Promise<T> =>
    waitFor(
      (done) => {
        const immediate = setImmediate(done);
        return () => clearImmediate(immediate);
      },
      value as T,
      options,
    ),
  async *setInterval<T>(delay?: number, value?: T, options?: Options): AsyncGenerator<T> {
    for (;;) yield await promises.setTimeout(delay, value as T, options);
  },
};

/** `timers/promises.scheduler`; its class cannot be made by others. */
class Scheduler {
  static made: Scheduler | undefined;
  constructor() {
    if (Scheduler.made) throw nodeError(TypeError, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    Scheduler.made = this;
  }
  yield(): Promise<unknown> {
    return promises.setImmediate();
  }
  wait(delay: number, options?: Options): Promise<unknown> {
    return promises.setTimeout(delay, undefined, options);
  }
}
Object.assign(promises, { scheduler: new Scheduler() });

promisesBy(setTimeout, promises.setTimeout);
promisesBy(setImmediate, promises.setImmediate);

/** An object that a timer is for: what libraries of Node's early days make of themselves. */
type Item = { _idleTimeout?: number; _onTimeout?: () => void };
const timersOfItems = new WeakMap<object, Timeout>();

function unenroll(item: Item): void {
  timersOfItems.get(item)?.close();
  timersOfItems.delete(item);
  item._idleTimeout = -1;
}
function enroll(item: Item, delay: number): void {
  validateNumber(delay, 'msecs');
  if (!(delay >= 0 && Number.isFinite(delay))) throw outOfRange('msecs', 'a non-negative finite number', delay);
  timersOfItems.get(item)?.close();
  item._idleTimeout = Math.min(delay, DELAY_MAX_MS);
}
/** Starts the item's time anew. */
function active(item: Item): void {
  const { _idleTimeout: delay } = item;
  if (delay === undefined || delay < 0) return;
  timersOfItems.get(item)?.close();
  timersOfItems.set(
    item,
    setTimeout(() => item._onTimeout?.(), delay),
  );
}

export const timers = {
  active,
  enroll,
  unenroll,
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout,
  clearInterval: clearTimeout,
  clearImmediate,
  promises,
};
