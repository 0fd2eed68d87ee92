import type { DataSource } from 'typeorm';
import type { LateReads } from '../late-reads.ts';
import { safeError } from '../store-failures.ts';
import type { Clock } from './clock.ts';

/** What time it is where something is to be forgotten for ever. */
export type SweepTime = () => Promise<Date>;

/** What a repository is given whose rows are kept for days. */
export type KeptForDays = {
  readonly clock: Clock;
  readonly sweepTime: SweepTime;
  readonly read: LateReads;
  readonly daysKept: number;
};

/** What time it is by the database's clock, which all replicas share. */
export type DatabaseClock = () => Promise<Date>;

/** Further ahead than clocks drift: this one is wrong, and somebody has to be told. */
const AHEAD_MS_MAX = 5 * 60_000;

export const databaseClockOf =
  (dataSource: DataSource): DatabaseClock =>
  async () => {
    const [row] = await dataSource.query<[{ now: Date }]>('SELECT statement_timestamp() AS now');
    return row.now;
  };

/**
 * A time that both clocks have passed, this host's and the database's: what has outlived its time by one of them alone is
 * not swept. Sweeps that begin together ask once, and fail with the same error.
 * @throws (by the function that is returned) Error that names both clocks, where ours is far ahead
 */
export const createSweepTime = (clock: Clock, databaseClock: DatabaseClock): SweepTime => {
  let asking: Promise<Date> | undefined;
  const ask = async (): Promise<Date> => {
    const ours = clock();
    const theirs = await databaseClock();
    if (ours.getTime() - theirs.getTime() > AHEAD_MS_MAX)
      throw safeError(
        `this host's clock (${ours.toISOString()}) is ahead of the database's (${theirs.toISOString()}): one of them is wrong`,
      );
    return ours < theirs ? ours : theirs;
  };
  return () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
};
