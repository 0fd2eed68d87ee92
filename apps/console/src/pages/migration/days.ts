import type { MigrationDay } from '@userferry/contracts/json-types';

export type Day = {
  /** As 2026-11-24, UTC. */
  readonly date: string;
  readonly migrated: number;
  readonly logins: number;
  readonly legacyLogins: number;
};

const DAY_MS = 86_400_000;
const DAYS = 30;

/** The last thirty days, the oldest first; the service leaves out those on which nothing happened. */
export const lastDays = (known: readonly MigrationDay[], now: Date): readonly Day[] => {
  const byDate = new Map(known.map((day) => [day.date, day]));
  return Array.from({ length: DAYS }, (_, index) => {
    const date = new Date(now.getTime() - (DAYS - 1 - index) * DAY_MS).toISOString().slice(0, 10);
    const day = byDate.get(date);
    return {
      date,
      migrated: Number(day?.migrated ?? 0),
      logins: Number(day?.logins ?? 0),
      legacyLogins: Number(day?.legacyLogins ?? 0),
    };
  });
};

/** A round number at or above: 0 → 1, 7 → 10, 13 → 20, 230 → 250. */
export const roundUp = (value: number): number => {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value && Number.isInteger(factor * power)) ?? 10;
  return step * power;
};
