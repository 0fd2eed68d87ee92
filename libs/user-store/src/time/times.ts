import type { DataSource } from 'typeorm';
import type { Clock } from './clock.ts';
import { startStoreClock } from './store-clock.ts';
import { createSweepTime, type DatabaseClock, databaseClockOf, type SweepTime } from './sweep-time.ts';

/** Clocks that are given. */
export type Clocks = { readonly hostClock: Clock | undefined; readonly databaseClock: DatabaseClock | undefined };

/** What rows are dated by, and what time it is where they are swept. */
export type Times = Disposable & {
  readonly clock: Clock;
  readonly sweepTime: SweepTime;
  /** When nobody waits any more for the answer to a statement of that time; null where the database's clock does not tell. */
  readonly givenUpAt: GivenUpAt;
};

export type GivenUpAt = (sentAt: Date) => Date | null;

/** Rows are dated by the database's clock, and by a host's where that is given. */
export const openTimes = async (
  dataSource: DataSource,
  { hostClock, databaseClock }: Clocks,
  answerMsMax: number,
): Promise<Times> => {
  const theirs = databaseClock ?? databaseClockOf(dataSource);
  if (hostClock !== undefined)
    return {
      clock: hostClock,
      sweepTime: createSweepTime(hostClock, theirs),
      givenUpAt: () => null,
      [Symbol.dispose]: () => undefined,
    };
  const { clock, [Symbol.dispose]: close } = await startStoreClock(theirs);
  const givenUpAt: GivenUpAt = (sentAt) => (answerMsMax === 0 ? null : new Date(sentAt.getTime() + answerMsMax));
  return { clock, sweepTime: createSweepTime(() => new Date(), theirs), givenUpAt, [Symbol.dispose]: close };
};
