import type { ConnectionMode } from '@userferry/script-contract';
import type { MigrationCounts, MigrationDay } from '../clients/history-store.ts';

/** What the verdict on a migration is taken from. */
export type KnownProgress = {
  readonly counts: MigrationCounts;
  /** `undefined`: no `listUsers` script, or it did not answer. */
  readonly legacyTotal: number | undefined;
  /** Of those, who have not migrated, compared one by one; `undefined`: not compared. */
  readonly leftBehind: number | undefined;
  readonly mode: ConnectionMode;
  readonly now: Date;
};

export const DAY_MS = 24 * 60 * 60 * 1000;

/** The days of the last `count` times 24 hours, today's included. */
export const lastDays = (days: readonly MigrationDay[], count: number, now: Date): readonly MigrationDay[] => {
  const first = new Date(now.getTime() - (count - 1) * DAY_MS).toISOString().slice(0, 10);
  return days.filter(({ date }) => date >= first);
};
