/** Calls into an isolate that have not come back: what tells whether a disposed isolate has really stopped. */
export type PendingCalls = {
  track<T>(call: Promise<T>): Promise<T>;
  /** Calls that are under way. */
  size(): number;
  /** True when all calls are over, false when some still are not after `graceMs`. */
  stopped(graceMs: number): Promise<boolean>;
};

export function createPendingCalls(): PendingCalls {
  const calls = new Set<Promise<unknown>>();
  return {
    size: () => calls.size,
    track(call) {
      calls.add(call);
      const forget = (): void => void calls.delete(call);
      call.then(forget, forget);
      return call;
    },
    async stopped(graceMs) {
      if (calls.size === 0) return true;
      const { promise: late, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(resolve, graceMs, false).unref();
      return Promise.race([Promise.allSettled(calls).then(() => true), late]).finally(() => clearTimeout(timer));
    },
  };
}
