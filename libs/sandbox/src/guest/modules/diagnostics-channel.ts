/** `diagnostics_channel` for drivers that offer traces: scripts cannot subscribe, so nothing is ever published. */
type Callable = (...args: unknown[]) => unknown;

const nothing = (): void => undefined;

const createChannel = (name: unknown) => ({
  name,
  hasSubscribers: false,
  publish: nothing,
  subscribe: nothing,
  unsubscribe: () => false,
  bindStore: nothing,
  unbindStore: () => false,
  runStores: (_message: unknown, callback: Callable, self?: unknown, ...args: unknown[]) => callback.apply(self, args),
});

const tracingChannel = (name: unknown) => {
  const names = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];
  const run = (callback: Callable, _context?: unknown, self?: unknown, ...args: unknown[]): unknown =>
    callback.apply(self, args);
  return {
    ...Object.fromEntries(names.map((event) => [event, createChannel(`tracing:${String(name)}:${event}`)])),
    hasSubscribers: false,
    subscribe: nothing,
    unsubscribe: () => false,
    traceSync: run,
    tracePromise: run,
    traceCallback: (callback: Callable, _position?: number, _context?: unknown, self?: unknown, ...args: unknown[]) =>
      callback.apply(self, args),
  };
};

export const diagnosticsChannel = {
  channel: createChannel,
  tracingChannel,
  hasSubscribers: () => false,
  subscribe: nothing,
  unsubscribe: () => false,
};
