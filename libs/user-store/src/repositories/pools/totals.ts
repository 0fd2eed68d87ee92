import type { EntityManager } from 'typeorm';

/** Over all user pools. */
export type StoreTotals = {
  readonly migrated: number;
  /** Who registered here. */
  readonly local: number;
  readonly tombstones: number;
  readonly unresolvedConflicts: number;
};

const TOTALS = `
  SELECT
    count(*) FILTER (WHERE migration_state = 'migrated') AS migrated,
    count(*) FILTER (WHERE migration_state = 'local') AS local,
    (SELECT count(DISTINCT (user_pool_id, tombstone_id)) FROM tombstones) AS tombstones,
    (SELECT count(*) FROM identifier_conflicts WHERE NOT kept_local) AS conflicts
  FROM users`;

type Row = { migrated: string; local: string; tombstones: string; conflicts: string };

/** Counts what is there. It reads whole tables: seconds with millions of users, within the limit of a statement. */
export const countTotals = async (manager: EntityManager): Promise<StoreTotals> => {
  const [row] = await manager.query<Row[]>(TOTALS);
  const { migrated = 0, local = 0, tombstones = 0, conflicts = 0 } = row ?? {};
  return {
    migrated: Number(migrated),
    local: Number(local),
    tombstones: Number(tombstones),
    unresolvedConflicts: Number(conflicts),
  };
};
