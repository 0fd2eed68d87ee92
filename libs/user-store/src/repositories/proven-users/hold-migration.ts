import { ServiceError } from '@userferry/errors';
import type { EntityManager } from 'typeorm';
import type { UserIdentifierRow } from '../../entities/user-entities.ts';
import { isUuid, requirePool } from '../../require-pool.ts';
import type { Statement } from '../../statements/statement.ts';
import type { IdentifierRow } from '../users/identifier-rows.ts';
import type { TombstoneKey } from '../users/tombstones.ts';
import type { ExternalKey } from './conflict-rows.ts';

/** What stands in the way of storing a user, or shows that somebody was faster. */
export type BeforeMigration = {
  /** The user whom this connection has given this external id already. */
  readonly userId: string | null;
  readonly tombstoned: boolean;
  /** Those of the identifiers that somebody has, and who. */
  readonly taken: readonly UserIdentifierRow[];
};

export type MigrationKeys = {
  readonly external: ExternalKey;
  readonly identifiers: readonly IdentifierRow[];
  readonly tombstones: readonly TombstoneKey[];
};

/** Neither the connection can be switched nor a user of the pool be deleted before the end of the transaction. */
export const HOLD_MIGRATION: Statement = {
  name: 'hold_migration',
  text: `
  SELECT c.version
  FROM connections AS c JOIN user_pools AS p ON p.id = c.user_pool_id
  WHERE c.id = $1 AND p.id = $2 FOR KEY SHARE OF c, p`,
};

// A statement of its own: one that has waited for a row sees everything else as it was before it waited.
const LOOK = `
  SELECT
    EXISTS (SELECT FROM connection_versions
      WHERE connection_id = $2 AND version = $3 AND mode = 'lazy_migration') AS lazy,
    (SELECT user_id FROM external_ids
      WHERE user_pool_id = $1 AND connection_id = $2 AND id_type = $4 AND id_text = $5) AS "userId",
    EXISTS (SELECT FROM unnest($6::text[], $7::text[]) AS k (kind, value)
      JOIN tombstones AS t ON t.user_pool_id = $1 AND t.kind = k.kind AND t.value = k.value) AS tombstoned,
    (SELECT coalesce(json_agg(json_build_object('userPoolId', i.user_pool_id, 'kind', i.kind,
        'normalised', i.normalised, 'value', i.value, 'userId', i.user_id, 'inProfile', i.in_profile)), '[]')
      FROM unnest($8::text[], $9::text[]) AS k (kind, normalised)
      JOIN user_identifiers AS i ON i.user_pool_id = $1 AND i.kind = k.kind AND i.normalised = k.normalised) AS taken`;

type Held = { version: number };
type Looked = BeforeMigration & { lazy: boolean };

const hold = async (manager: EntityManager, { userPoolId, connectionId }: ExternalKey): Promise<Held> => {
  const ids = [connectionId, userPoolId];
  const [held]: Held[] = ids.every(isUuid) ? await manager.query(HOLD_MIGRATION.text, ids) : [];
  if (held !== undefined) return held;
  await requirePool(manager, userPoolId);
  throw new ServiceError('CONCURRENT_CHANGE', 'the connection was deleted at this moment; try again');
};

/**
 * Holds connection and pool for the rest of the transaction, then looks for what stands in the way.
 * @throws ServiceError USER_POOL_NOT_FOUND, CONCURRENT_CHANGE when the connection migrates nobody, or is the pool's no more
 */
export const holdMigration = async (
  manager: EntityManager,
  { external, identifiers, tombstones }: MigrationKeys,
): Promise<BeforeMigration> => {
  const { userPoolId, connectionId, idType, idText } = external;
  const { version } = await hold(manager, external);
  const [looked]: Looked[] = await manager.query(LOOK, [
    userPoolId,
    connectionId,
    version,
    idType,
    idText,
    tombstones.map(({ kind }) => kind),
    tombstones.map(({ value }) => value),
    identifiers.map(({ kind }) => kind),
    identifiers.map(({ normalised }) => normalised),
  ]);
  if (!looked?.lazy) throw new ServiceError('CONCURRENT_CHANGE', 'the connection no longer migrates users');
  return looked;
};
