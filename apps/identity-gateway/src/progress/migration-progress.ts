import type { MigrationDay } from '../clients/history-store.ts';
import { DAY_MS, type KnownProgress, lastDays } from './known-progress.ts';
import { type SwitchOff, switchOffVerdict } from './switch-off.ts';

export type MigrationProgress = SwitchOff & {
  readonly legacyLoginShare: number | undefined;
  readonly forecast: Date | undefined;
};

/** The days that share and pace are taken from. */
const LAST_DAYS = 7;

const total = (days: readonly MigrationDay[], of: 'migrated' | 'logins' | 'legacyLogins'): number =>
  days.reduce((sum, day) => sum + day[of], 0);

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
