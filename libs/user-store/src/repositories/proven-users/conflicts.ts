import { ServiceError } from '@userferry/errors';
import { type ExternalId, externalIdOf } from '@userferry/user-model';
import type { DataSource, EntityManager } from 'typeorm';
import { type ConflictRow, conflictEntity } from '../../entities/history-entities.ts';
import { externalIdEntity, userEntity, userIdentifierEntity } from '../../entities/user-entities.ts';
import { newestFirst, type Page, type Paged } from '../../paging.ts';
import { isUuid, lockPool, requirePool, UUID_FORM } from '../../require-pool.ts';
import { retryConflicts } from '../../retry-conflicts.ts';
import type { Clock } from '../../time/clock.ts';
import { holdsCustomUserStore } from '../connections/connection-row.ts';
import { type Author, writeAudit } from '../history/audit.ts';
import { verifiedFlagOf } from '../users/verified-flags.ts';
import { clearConflicts } from './conflict-rows.ts';

/** A proven user of the legacy user store who could not be stored: another user here has one of their identifiers. */
export type Conflict = {
  readonly conflictId: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly timesSeen: number;
  readonly externalId: ExternalId;
  readonly kind: string;
  readonly value: string;
  /** The user here who has it. */
  readonly userId: string;
};

/**
 * `same_person`: the legacy id is tied to the user here, whose password stays. `give_to_legacy`: the user here loses the
 * identifier. `keep_local`: the other migrates without it.
 */
export type ConflictResolution = 'same_person' | 'give_to_legacy' | 'keep_local';

export type ConflictDecision = {
  readonly userPoolId: string;
  readonly conflictId: string;
  readonly resolution: ConflictResolution;
};

const notFound = () =>
  new ServiceError(
    'CONFLICT_NOT_FOUND',
    'this user pool has no open conflict with this id, or the user here is gone or has another identifier now',
  );

const viewOf = (row: ConflictRow): Conflict => ({
  conflictId: row.id,
  firstSeenAt: row.firstSeenAt,
  lastSeenAt: row.lastSeenAt,
  timesSeen: Number(row.timesSeen),
  externalId: externalIdOf({ type: row.idType, text: row.idText }),
  kind: row.kind,
  value: row.value,
  userId: row.userId,
});

const externalOf = ({ userPoolId, connectionId, idType, idText }: ConflictRow) => ({
  userPoolId,
  connectionId,
  idType,
  idText,
});

/** Null where the user here has let go of the identifier since: then nothing speaks for one person. */
const holderOf = async (manager: EntityManager, { userPoolId, kind, normalised, userId }: ConflictRow) =>
  (await manager.existsBy(userIdentifierEntity, { userPoolId, kind, normalised, userId }))
    ? manager.findOneBy(userEntity, { id: userId, userPoolId })
    : null;

const tie = async (manager: EntityManager, row: ConflictRow, at: Date): Promise<void> => {
  const { userId } = row;
  const user = await holderOf(manager, row);
  if (user === null || (await manager.existsBy(externalIdEntity, externalOf(row)))) throw notFound();
  await manager.insert(externalIdEntity, { ...externalOf(row), userId, createdAt: at });
  const times = { updatedAt: at, migratedAt: user.migratedAt ?? at };
  await manager.update(userEntity, { id: userId }, { migrationState: 'migrated', ...times });
  await clearConflicts(manager, externalOf(row));
};

const nothingLeft = () =>
  new ServiceError(
    'INVALID_ARGUMENT',
    'the user here would have nothing left to log in by: give them another identifier first, or delete them',
  );

const WITHOUT_FLAG = 'UPDATE users SET profile = profile - $2::text, updated_at = $3 WHERE id = $1';

const giveAway = async (manager: EntityManager, row: ConflictRow, at: Date): Promise<void> => {
  const { userPoolId, kind, normalised, userId } = row;
  const given = { userPoolId, kind, normalised, userId };
  const isShown = await manager.existsBy(userIdentifierEntity, { ...given, inProfile: true });
  const { affected } = await manager.delete(userIdentifierEntity, given);
  if (affected && !(await manager.existsBy(userIdentifierEntity, { userId }))) throw nothingLeft();
  const flag = isShown ? verifiedFlagOf(kind) : undefined;
  await manager.query(WITHOUT_FLAG, [userId, flag ?? '', at]);
  await manager.delete(conflictEntity, { id: row.id });
};

const decide = async (manager: EntityManager, { userPoolId, conflictId, resolution }: ConflictDecision, at: Date) => {
  // Alone: no login, no deletion comes between.
  await lockPool(manager, userPoolId, 'alone');
  if (await holdsCustomUserStore(manager, userPoolId))
    throw new ServiceError(
      'CONCURRENT_CHANGE',
      'the connection is a custom user store now, of whose users nothing is written',
    );
  const wanted = { id: conflictId, userPoolId, keptLocal: false };
  const row = isUuid(conflictId) ? await manager.findOneBy(conflictEntity, wanted) : null;
  if (row === null) throw notFound();
  if (resolution === 'same_person') await tie(manager, row, at);
  else if (resolution === 'give_to_legacy') await giveAway(manager, row, at);
  else await manager.update(conflictEntity, { id: row.id }, { keptLocal: true });
};

/** Conflicts of identifiers: seen by logins, decided by administrators. */
export const createConflictRepository = (dataSource: DataSource, clock: Clock) => ({
  /** The open ones, the latest seen first. Throws USER_POOL_NOT_FOUND, INVALID_ARGUMENT for a foreign page token. */
  list: async (userPoolId: string, page: Page): Promise<Paged<Conflict>> => {
    await requirePool(dataSource.manager, userPoolId);
    const query = dataSource.manager
      .createQueryBuilder(conflictEntity, 'conflict')
      .where('conflict.userPoolId = :userPoolId AND NOT conflict.keptLocal', { userPoolId });
    const paged = await newestFirst(query, { time: 'lastSeenAt', id: 'id', idForm: UUID_FORM }, page);
    return { ...paged, items: paged.items.map(viewOf) };
  },

  /**
   * @throws ServiceError USER_POOL_NOT_FOUND, CONFLICT_NOT_FOUND, CONCURRENT_CHANGE in a custom user store, INVALID_ARGUMENT
   * when nobody could log in any more
   */
  resolve: (decision: ConflictDecision, author: Author): Promise<void> =>
    retryConflicts(() =>
      dataSource.transaction('READ COMMITTED', async (manager) => {
        const at = clock();
        await decide(manager, decision, at);
        const { userPoolId, conflictId, resolution } = decision;
        const entry = { userPoolId, at, action: 'ConnectionService/ResolveConflict' };
        await writeAudit(manager, { ...entry, target: `conflict ${conflictId}, ${resolution}` }, author);
      }),
    ),
});
