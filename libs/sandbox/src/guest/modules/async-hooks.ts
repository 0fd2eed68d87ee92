/** `async_hooks` for drivers that wrap their callbacks: contexts are kept for synchronous calls only. */
import { fix } from '../integrity/fixed.ts';
import { freeze, ownKeys } from '../primordials.ts';

type Callable = (...args: unknown[]) => unknown;

class AsyncResource {
  readonly type: string;
  constructor(type: string) {
    this.type = type;
  }
  runInAsyncScope(callback: Callable, self?: unknown, ...args: unknown[]): unknown {
    return callback.apply(self, args);
  }
  emitDestroy(): this {
    return this;
  }
  asyncId(): number {
    return 1;
  }
  triggerAsyncId(): number {
    return 0;
  }
  bind(callback: Callable): Callable {
    return callback;
  }
  static bind(callback: Callable): Callable {
    return callback;
  }
}

class AsyncLocalStorage {
  #store: unknown;
  run(store: unknown, callback: Callable, ...args: unknown[]): unknown {
    const previous = this.#store;
    this.#store = store;
    try {
      return callback(...args);
    } finally {
      this.#store = previous;
    }
  }
  exit(callback: Callable, ...args: unknown[]): unknown {
    return this.run(undefined, callback, ...args);
  }
  getStore(): unknown {
    return this.#store;
  }
  enterWith(store: unknown): void {
    this.#store = store;
  }
  disable(): void {
    this.#store = undefined;
  }
}

/** Scripts have an instance of one of them, which leads to both. */
function fixClass(made: { readonly prototype: object }): void {
  for (const holder of [made, made.prototype] as unknown as Record<PropertyKey, unknown>[]) {
    for (const key of ownKeys(holder)) freeze(holder[key]);
    fix(holder);
  }
}
fixClass(AsyncResource);
fixClass(AsyncLocalStorage);

export const asyncHooks = {
  AsyncResource,
  AsyncLocalStorage,
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => ({}),
  createHook: () => ({ enable: (): void => undefined, disable: (): void => undefined }),
};
