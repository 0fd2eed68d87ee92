import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { deleteInPortions } from '../../delete-in-portions.ts';
import { type AuditEntryRow, auditEntryEntity } from '../../entities/history-entities.ts';
import { newestFirst, type Page, type Paged } from '../../paging.ts';
import { requirePool, UUID_FORM } from '../../require-pool.ts';
import type { KeptForDays } from '../../time/sweep-time.ts';

/** Who does it: an API key's id, and the request in which it is done. */
export type Author = { readonly actor: string; readonly requestId?: string | undefined };

/** The same, with the call that they made, such as `IdentityService/ResetPassword`. */
export type AuditedCall = Author & { readonly action: string };

/** Who did what, when. `target` is never a secret or a profile. */
export type AuditEntry = Readonly<Omit<AuditEntryRow, 'id' | 'userPoolId'>>;

/**
 * Under which the entries of operators' keys lie, who belong to no pool: the nil UUID (RFC 9562, section 5.9), which no pool has.
 */
export const OPERATORS_POOL = '00000000-0000-0000-0000-000000000000';

/** Adds an entry, in the transaction of what it tells of. */
export const writeAudit = async (
  manager: EntityManager,
  { userPoolId, at, action, target }: { userPoolId: string; at: Date; action: string; target: string },
  { actor, requestId = '' }: Author,
): Promise<void> => {
  await manager.insert(auditEntryEntity, { id: randomUUID(), userPoolId, at, actor, action, target, requestId });
};

/** One of our users was written: their id says who it was, and nothing else of them does. */
export const writeUserAudit = (
  manager: EntityManager,
  { userPoolId, userId }: { readonly userPoolId: string; readonly userId: string },
  { at, action, ...author }: AuditedCall & { readonly at: Date },
): Promise<void> => writeAudit(manager, { userPoolId, at, action, target: `user ${userId}` }, author);

const DAY_MS = 24 * 60 * 60 * 1000;

/** What was done to user pools. */
export const createAuditRepository = (dataSource: DataSource, { clock, sweepTime, read, daysKept }: KeptForDays) => ({
  /**
   * Adds what was done outside this store.
   * @throws ServiceError USER_POOL_NOT_FOUND
   */
  append: async (userPoolId: string, entry: Omit<AuditEntry, 'at'> & { at?: Date | undefined }): Promise<void> => {
    await requirePool(dataSource.manager, userPoolId);
    const { at = clock(), action, target } = entry;
    await writeAudit(dataSource.manager, { userPoolId, at, action, target }, entry);
  },

  /**
   * The newest first; of `*` what was done to operators' keys. Throws ServiceError USER_POOL_NOT_FOUND, INVALID_ARGUMENT for a
   * foreign page token.
   */
  list: async (of: string, page: Page): Promise<Paged<AuditEntry>> => {
    const userPoolId = of === '*' ? OPERATORS_POOL : (await requirePool(dataSource.manager, of)).id;
    const { items, nextPageToken } = await read((manager) => {
      const query = manager
        .createQueryBuilder(auditEntryEntity, 'entry')
        .where('entry.userPoolId = :userPoolId', { userPoolId });
      return newestFirst(query, { time: 'at', id: 'id', idForm: UUID_FORM }, page);
    });
    return { items: items.map(({ id, userPoolId: _, ...entry }) => entry), nextPageToken };
  },

  /** Forgets entries that are older than what is kept. */
  sweep: async (): Promise<void> => {
    const edge = new Date((await sweepTime()).getTime() - daysKept * DAY_MS);
    const old = { where: 'at < $1', by: 'at', values: [edge] };
    await deleteInPortions(dataSource, { table: 'audit_entries', key: 'id', ...old });
  },
});
