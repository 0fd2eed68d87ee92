import type { Clock } from './clock.ts';
import type { DatabaseClock } from './sweep-time.ts';

/** Meanwhile the process counts on by itself, which drifts by microseconds but stands still where its machine sleeps. */
const ASK_MS = 30_000;
/** After a longer wait nobody knows when the database looked at its clock. */
const WAIT_MS_MAX = 1_000;

/**
 * The time by the database's clock, which all replicas share: a host whose own clock is wrong counts, waits and dates as the
 * others do. Asked for at the start and now and then; an answer that fails or is late leaves it as it was.
 * @throws whatever `databaseClock` does the first time
 */
export const startStoreClock = async (
  databaseClock: DatabaseClock,
): Promise<{ readonly clock: Clock } & Disposable> => {
  const ask = async (waitMsMax: number): Promise<number | undefined> => {
    const sentMs = performance.now();
    const theirs = await databaseClock();
    const waitedMs = performance.now() - sentMs;
    return waitedMs > waitMsMax ? undefined : theirs.getTime() - sentMs - waitedMs / 2;
  };
  let aheadMs = (await ask(Number.POSITIVE_INFINITY)) as number;
  const askAgain = async (): Promise<void> => {
    aheadMs = (await ask(WAIT_MS_MAX).catch(() => undefined)) ?? aheadMs;
  };
  const timer = setInterval(() => void askAgain(), ASK_MS).unref();
  return {
    clock: () => new Date(performance.now() + aheadMs),
    [Symbol.dispose]: () => clearInterval(timer),
  };
};
