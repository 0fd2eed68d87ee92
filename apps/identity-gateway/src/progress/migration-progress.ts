import type { ConnectionMode } from '@userferry/script-contract';
import { type SwitchOff, switchOffVerdict } from './switch-off.ts';

/** `date` as 2026-11-24, UTC. */
export type MigrationDay = {
  readonly date: string;
  readonly migrated: number;
  readonly logins: number;
  readonly legacyLogins: number;
};

/** What our store has counted: days that are absent had nothing to count. */
export type MigrationCounts = {
  readonly migrated: number;
  readonly unresolvedConflicts: number;
  readonly days: readonly MigrationDay[];
  readonly lastLegacyLoginAt: Date | undefined;
};

export type KnownProgress = {
  readonly counts: MigrationCounts;
  /** `undefined`: no `listUsers` script, or it did not answer. */
  readonly legacyTotal: number | undefined;
  /** Of those, who have not migrated, compared one by one; `undefined`: not compared. */
  readonly leftBehind: number | undefined;
  readonly mode: ConnectionMode;
  readonly now: Date;
};

export type MigrationProgress = SwitchOff & {
  readonly legacyLoginShare: number | undefined;
  readonly forecast: Date | undefined;
};

const DAY_MS = 24 * 60 * 60 * 1000;
/** The days that share and pace are taken from. */
const LAST_DAYS = 7;

const total = (days: readonly MigrationDay[], of: 'migrated' | 'logins' | 'legacyLogins'): number =>
  days.reduce((sum, day) => sum + day[of], 0);

/** The days of the last `count` times 24 hours, today's included. */
export const lastDays = (days: readonly MigrationDay[], count: number, now: Date): readonly MigrationDay[] => {
  const first = new Date(now.getTime() - (count - 1) * DAY_MS).toISOString().slice(0, 10);
  return days.filter(({ date }) => date >= first);
};

/** How far a migration is, when it ends at its pace, and whether the connection can be switched off. */
export const migrationProgress = (known: KnownProgress): MigrationProgress => {
  const recent = lastDays(known.counts.days, LAST_DAYS, known.now);
  const logins = total(recent, 'logins');
  return {
    legacyLoginShare: logins === 0 ? undefined : total(recent, 'legacyLogins') / logins,
    forecast: forecastOf(known, total(recent, 'migrated') / LAST_DAYS),
    ...switchOffVerdict(known),
  };
};

const FORECAST_DAYS_MAX = 365 * 10;

const forecastOf = ({ counts, legacyTotal, now }: KnownProgress, perDay: number): Date | undefined => {
  if (legacyTotal === undefined) return undefined;
  const left = legacyTotal - counts.migrated;
  if (left <= 0) return now;
  const days = left / perDay;
  return days <= FORECAST_DAYS_MAX ? new Date(now.getTime() + days * DAY_MS) : undefined;
};
