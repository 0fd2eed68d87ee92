/** Counts the timers that would keep a program alive: inside an isolate nothing else tells when a test file is over. */
type AnyTimer = { hasRef?(): boolean };
type Start = (callback: (...args: unknown[]) => void, ...rest: unknown[]) => AnyTimer;

const PAIRS = [
  ['setTimeout', 'clearTimeout'],
  ['setInterval', 'clearInterval'],
  ['setImmediate', 'clearImmediate'],
] as const;

/** Puts counting timers in place of the global ones; returns how many are alive. */
export const countTimers = (): (() => number) => {
  const alive = new Set<AnyTimer>();
  const globals = globalThis as unknown as Record<string, unknown>;
  for (const [startName, clearName] of PAIRS) {
    const start = globals[startName] as Start;
    const clear = globals[clearName] as (timer: unknown) => void;
    const counting: Start = (callback, ...rest) => {
      const fired = (...args: unknown[]): void => {
        if (startName !== 'setInterval') alive.delete(timer);
        callback(...args);
      };
      const timer = start(fired, ...rest);
      alive.add(timer);
      return timer;
    };
    globals[startName] = Object.assign(counting, start);
    for (const symbol of Object.getOwnPropertySymbols(start))
      Object.defineProperty(counting, symbol, Object.getOwnPropertyDescriptor(start, symbol) as PropertyDescriptor);
    globals[clearName] = (timer: AnyTimer) => {
      alive.delete(timer);
      clear(timer);
    };
  }
  return () => [...alive].filter((timer) => timer.hasRef?.() ?? true).length;
};
