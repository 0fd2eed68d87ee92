/** `async_hooks` for drivers that wrap their callbacks: contexts are kept for synchronous calls only. */
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

export const asyncHooks = {
  AsyncResource,
  AsyncLocalStorage,
  executionAsyncId: () => 1,
  triggerAsyncId: () => 0,
  executionAsyncResource: () => ({}),
  createHook: () => ({ enable: (): void => undefined, disable: (): void => undefined }),
};
