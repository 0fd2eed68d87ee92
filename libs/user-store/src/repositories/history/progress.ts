import { type ExternalId, externalIdKey } from '@userferry/user-model';
import type { DataSource, EntityManager } from 'typeorm';
import { deleteInPortions } from '../../delete-in-portions.ts';
import { requirePool } from '../../require-pool.ts';
import type { KeptForDays } from '../../time/sweep-time.ts';
import { dateOf } from '../attempts/count-login.ts';

/** One day of a migration, UTC. */
export type MigrationDay = {
  /** As 2026-11-24. */
  readonly date: string;
  readonly migrated: number;
  /** Successful logins, and how many of them the legacy user store answered. */
  readonly logins: number;
  readonly legacyLogins: number;
};

/** How far a pool has come. */
export type MigrationCounts = {
  /** Users who are here and came from the legacy user store. */
  readonly migrated: number;
  readonly unresolvedConflicts: number;
  /** The last thirty, the oldest first, those without a login too. */
  readonly days: readonly MigrationDay[];
  readonly lastLegacyLoginAt?: Date;
};

const DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

const LOGINS = `
  SELECT to_char(day, 'YYYY-MM-DD') AS date, sum(logins) AS logins, sum(legacy_logins) AS legacy
  FROM login_days WHERE user_pool_id = $1 AND day >= $2::date GROUP BY day`;

const MIGRATED = `
  SELECT to_char(migrated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date, count(*) AS migrated
  FROM users WHERE user_pool_id = $1 AND migrated_at >= $2::date::timestamp AT TIME ZONE 'UTC' GROUP BY 1`;

// Whoever has migrated has an id of the connection, and no one else has: the primary key alone is counted.
const TOTALS = `
  SELECT
    (SELECT count(*) FROM external_ids AS e WHERE e.user_pool_id = $1
      AND e.connection_id = (SELECT id FROM connections WHERE user_pool_id = $1)) AS migrated,
    (SELECT count(*) FROM identifier_conflicts WHERE user_pool_id = $1 AND NOT kept_local) AS conflicts,
    (SELECT max(last_legacy_login_at) FROM login_days WHERE user_pool_id = $1) AS last`;

// By the primary keys of both tables. A legacy id is buried under its type, see `externalTombstoneKey`.
const LEFT_BEHIND = `
  SELECT count(*) AS left FROM (SELECT DISTINCT type, text FROM unnest($2::text[], $3::text[]) AS given (type, text)) AS g
  WHERE NOT EXISTS (SELECT FROM external_ids AS e WHERE e.user_pool_id = $1
      AND e.connection_id = (SELECT id FROM connections WHERE user_pool_id = $1)
      AND e.id_type = g.type AND e.id_text = g.text)
    AND NOT EXISTS (SELECT FROM tombstones AS t WHERE t.user_pool_id = $1
      AND t.kind = 'external_id_' || g.type AND t.value = g.text)`;

// The day of a pool's last login through the legacy user store stays: without it nobody could say that there ever was one.
const OUTLIVED = `day < $1::date AND (last_legacy_login_at IS NULL OR EXISTS (
  SELECT 1 FROM login_days AS n
  WHERE n.user_pool_id = login_days.user_pool_id AND n.last_legacy_login_at > login_days.last_legacy_login_at))`;

/** The dates of the last thirty days, today included. */
const datesUpTo = (now: Date): string[] =>
  Array.from({ length: DAYS }, (_, day) => dateOf(new Date(now.getTime() - (DAYS - 1 - day) * DAY_MS)));

type Totals = { migrated: string; conflicts: string; last: Date | null };

const rowsSince = async (manager: EntityManager, userPoolId: string, date: string | undefined) => {
  const [totals]: Totals[] = await manager.query(TOTALS, [userPoolId]);
  const logins: { date: string; logins: string; legacy: string }[] = await manager.query(LOGINS, [userPoolId, date]);
  const migrated: { date: string; migrated: string }[] = await manager.query(MIGRATED, [userPoolId, date]);
  return { totals, logins, migrated };
};

/** How a migration goes on. */
export const createProgressRepository = (
  dataSource: DataSource,
  { clock, sweepTime, read, daysKept }: KeptForDays,
) => ({
  /** @throws ServiceError USER_POOL_NOT_FOUND */
  counts: async (userPoolId: string): Promise<MigrationCounts> => {
    await requirePool(dataSource.manager, userPoolId);
    const dates = datesUpTo(clock());
    const { totals, logins, migrated } = await read((manager) => rowsSince(manager, userPoolId, dates[0]));
    const days = dates.map((date) => {
      const day = logins.find((row) => row.date === date);
      const moved = migrated.find((row) => row.date === date);
      const counts = { logins: Number(day?.logins ?? 0), legacyLogins: Number(day?.legacy ?? 0) };
      return { date, migrated: Number(moved?.migrated ?? 0), ...counts };
    });
    const last = totals?.last ?? undefined;
    const sums = { migrated: Number(totals?.migrated), unresolvedConflicts: Number(totals?.conflicts) };
    return { ...sums, days, ...(last && { lastLegacyLoginAt: last }) };
  },

  /** How many of these users are neither here nor deleted here. @throws ServiceError USER_POOL_NOT_FOUND */
  leftBehind: async (userPoolId: string, ids: readonly ExternalId[]): Promise<number> => {
    await requirePool(dataSource.manager, userPoolId);
    const keys = ids.map(externalIdKey);
    const values = [userPoolId, keys.map(({ type }) => type), keys.map(({ text }) => text)];
    const [row] = await read((manager) => manager.query<{ left: string }[]>(LEFT_BEHIND, values));
    return Number(row?.left);
  },

  /** Forgets days that are older than what is kept, today included. */
  sweep: async (): Promise<void> => {
    const values = [dateOf(new Date((await sweepTime()).getTime() - (daysKept - 1) * DAY_MS))];
    const old = { where: OUTLIVED, by: 'day', values };
    await deleteInPortions(dataSource, { table: 'login_days', key: 'user_pool_id, day, shard', ...old });
  },
});
