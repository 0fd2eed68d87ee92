import { randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import { type ExternalId, externalIdOf, IDENTIFIER_KINDS } from '@userferry/user-model';
import type { DataSource, EntityManager } from 'typeorm';
import { type TombstoneRow, tombstoneEntity } from '../../entities/user-entities.ts';
import { type Page, type Paged, pagedOf, sizeOf, TIME_FORM, valuesOf } from '../../paging.ts';
import { isUuid, requirePool, UUID_FORM } from '../../require-pool.ts';
import type { Clock } from '../../time/clock.ts';
import { type Author, writeAudit } from '../history/audit.ts';

/** What one deletion left: whom no login brings back. */
export type Tombstone = {
  readonly tombstoneId: string;
  readonly deletedAt: Date;
  readonly deletedBy: string;
  /** The legacy id, if there was one. */
  readonly externalId?: ExternalId;
  /** As compared. */
  readonly identifiers: readonly string[];
};

/** What a tombstone is for: an identifier's kind, `external_id_` and the type of a legacy id, or `user_id`. */
export type TombstoneKey = Pick<TombstoneRow, 'userPoolId' | 'kind' | 'value'>;

/** The key of a legacy id. */
export const externalTombstoneKey = (key: { userPoolId: string; idType: string; idText: string }): TombstoneKey => ({
  userPoolId: key.userPoolId,
  kind: `external_id_${key.idType}`,
  value: key.idText,
});

/** The key of an id of ours: whoever asks for a deletion again learns that it is done. */
export const userTombstoneKey = (userPoolId: string, userId: string): TombstoneKey => ({
  userPoolId,
  kind: 'user_id',
  value: userId.toLowerCase(),
});

/** Whether somebody whom one of these keys names was deleted. */
export const anyTombstoned = async (manager: EntityManager, keys: readonly TombstoneKey[]): Promise<boolean> =>
  keys.length > 0 && (await manager.existsBy(tombstoneEntity, [...keys]));

/** Leaves a tombstone with these keys. */
export const bury = async (
  manager: EntityManager,
  keys: readonly TombstoneKey[],
  { at, actor }: { at: Date; actor: string },
): Promise<void> => {
  const stone = { tombstoneId: randomUUID(), createdAt: at, createdBy: actor };
  if (keys.length > 0)
    await manager.insert(
      tombstoneEntity,
      keys.map((key) => ({ ...key, ...stone })),
    );
};

type ListRow = { tombstone_id: string; at: Date; by: string; keys: { kind: string; value: string }[] };

// The page first, in the order of its index; all keys of a deletion have one time and one author.
const LIST = `
  WITH page AS (
    SELECT DISTINCT created_at, tombstone_id FROM tombstones
    WHERE user_pool_id = $1 AND ($2::timestamptz IS NULL OR (created_at, tombstone_id) < ($2, $3::uuid))
    ORDER BY created_at DESC, tombstone_id DESC LIMIT $4
  )
  SELECT t.tombstone_id, min(t.created_at) AS at, min(t.created_by) AS by,
    json_agg(json_build_object('kind', t.kind, 'value', t.value) ORDER BY t.kind, t.value) AS keys
  FROM page JOIN tombstones AS t ON t.user_pool_id = $1 AND t.tombstone_id = page.tombstone_id
  GROUP BY t.tombstone_id ORDER BY at DESC, t.tombstone_id DESC`;

const isIdentifier = ({ kind }: { kind: string }): boolean => (IDENTIFIER_KINDS as readonly string[]).includes(kind);

const viewOf = ({ tombstone_id: tombstoneId, at: deletedAt, by: deletedBy, keys }: ListRow): Tombstone => {
  const external = keys.find(({ kind }) => kind.startsWith('external_id_'));
  const type = external?.kind === 'external_id_number' ? 'number' : 'string';
  return {
    tombstoneId,
    deletedAt,
    deletedBy,
    ...(external && { externalId: externalIdOf({ type, text: external.value }) }),
    identifiers: keys.filter(isIdentifier).map(({ value }) => value),
  };
};

const lift = async (
  manager: EntityManager,
  { userPoolId, tombstoneId }: { userPoolId: string; tombstoneId: string },
): Promise<void> => {
  await requirePool(manager, userPoolId);
  const { affected } = isUuid(tombstoneId)
    ? await manager.delete(tombstoneEntity, { userPoolId, tombstoneId })
    : { affected: 0 };
  if (!affected) throw new ServiceError('TOMBSTONE_NOT_FOUND', 'this user pool has no tombstone with this id');
};

/** Tombstones of deleted users. */
export const createTombstoneRepository = (dataSource: DataSource, clock: Clock) => ({
  /** The newest first. Throws ServiceError USER_POOL_NOT_FOUND, INVALID_ARGUMENT for a foreign page token. */
  list: async (userPoolId: string, page: Page): Promise<Paged<Tombstone>> => {
    await requirePool(dataSource.manager, userPoolId);
    const [time = null, id = null] = valuesOf(page, [TIME_FORM, UUID_FORM]) ?? [];
    const rows: ListRow[] = await dataSource.query(LIST, [userPoolId, time, id, sizeOf(page) + 1]);
    return pagedOf(rows.map(viewOf), page, ({ deletedAt, tombstoneId }) => [deletedAt.toISOString(), tombstoneId]);
  },

  /**
   * Lets a deleted user migrate or register again.
   * @throws ServiceError USER_POOL_NOT_FOUND, TOMBSTONE_NOT_FOUND
   */
  lift: (wanted: { userPoolId: string; tombstoneId: string }, author: Author): Promise<void> =>
    dataSource.transaction('READ COMMITTED', async (manager) => {
      await lift(manager, wanted);
      const { userPoolId, tombstoneId } = wanted;
      const entry = { userPoolId, at: clock(), action: 'ConnectionService/LiftTombstone' };
      await writeAudit(manager, { ...entry, target: `tombstone ${tombstoneId}` }, author);
    }),
});
