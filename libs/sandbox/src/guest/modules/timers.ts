import { type Entry, restartTimer, startImmediate, startTimer, stopImmediate, stopTimer } from '../clock.ts';

const PROMISIFY = Symbol.for('nodejs.util.promisify.custom');

/** What Node's timer functions return. */
export class Timeout {
  readonly #entry: Entry;
  #hasRef = true;
  constructor(entry: Entry) {
    this.#entry = entry;
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
}

class Immediate {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

const setTimeout = (callback: unknown, delay?: unknown, ...args: unknown[]): Timeout =>
  new Timeout(startTimer(callback, delay, args, false));
const setInterval = (callback: unknown, delay?: unknown, ...args: unknown[]): Timeout =>
  new Timeout(startTimer(callback, delay, args, true));
const setImmediate = (callback: unknown, ...args: unknown[]): Immediate =>
  new Immediate(startImmediate(callback, args).id);

function clearTimeout(timer: unknown): void {
  if (timer instanceof Timeout) timer.close();
  else if (typeof timer === 'number' || typeof timer === 'string') stopTimer(Number(timer));
}
function clearImmediate(immediate: unknown): void {
  if (immediate instanceof Immediate) stopImmediate(immediate.id);
}

type Options = { readonly signal?: AbortSignal };

function waitFor<T>(start: (done: () => void) => () => void, value: T, options: Options | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const signal = options?.signal;
    if (signal?.aborted) return reject(signal.reason);
    const stop = start(() => resolve(value));
    signal?.addEventListener('abort', () => {
      stop();
      reject(signal.reason);
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

Object.defineProperty(setTimeout, PROMISIFY, { value: promises.setTimeout });
Object.defineProperty(setImmediate, PROMISIFY, { value: promises.setImmediate });

export const timers = {
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout,
  clearInterval: clearTimeout,
  clearImmediate,
  promises,
};
