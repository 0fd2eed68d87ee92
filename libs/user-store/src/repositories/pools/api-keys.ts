import { randomUUID } from 'node:crypto';
import { type DataSource, type EntityManager, IsNull } from 'typeorm';
import { type ApiKeyRole, apiKeyEntity } from '../../entities/pool-entities.ts';
import { newestFirst, type Page, type Paged } from '../../paging.ts';
import { isUuid, requirePool, UUID_FORM } from '../../require-pool.ts';
import type { Clock } from '../../time/clock.ts';
import type { Author } from '../history/audit.ts';
import { type FoundKey, findKey } from './find-key.ts';
import { factsOf, writeKeyAudit } from './key-audit.ts';
import { makeSecret, sha256 } from './key-secret.ts';
import { type ApiKey, type KeyWithSecret, keyNotFound, known } from './known-key.ts';
import { type KeyRotation, rotateKey } from './rotate-key.ts';

export type NewApiKey = {
  readonly userPoolId: string;
  readonly role: ApiKeyRole;
  readonly name: string;
  /** Absent: all that the role may, now and later. */
  readonly scopes?: readonly string[] | undefined;
  /** Absent: never. */
  readonly expiresAt?: Date | undefined;
};

/** When a key was used, by its id. */
export type KeyUse = { readonly id: string; readonly at: Date };

const insertKey = async (
  manager: EntityManager,
  { scopes, expiresAt, ...key }: NewApiKey,
  { secret, prefix }: { readonly secret: string; readonly prefix: string | null },
  createdAt: Date,
): Promise<ApiKey> => {
  const row = {
    id: randomUUID(),
    ...key,
    createdAt,
    scopes: scopes === undefined ? null : [...scopes],
    expiresAt: expiresAt ?? null,
    prefix,
    lastUsedAt: null,
    rotatedAt: null,
    previousUntil: null,
  };
  const secretSha256 = sha256(secret);
  // Of those alone that we made we show how they begin.
  const givenSha256 = prefix === null ? secretSha256 : null;
  await manager.insert(apiKeyEntity, { ...row, secretSha256, givenSha256, previousSha256: null, revokedAt: null });
  return row;
};

const SAY_USED = `
  UPDATE api_keys SET last_used_at = used.at
  FROM unnest($1::uuid[], $2::timestamptz[]) AS used (id, at)
  WHERE api_keys.id = used.id AND (api_keys.last_used_at IS NULL OR api_keys.last_used_at < used.at)`;

/**
 * API keys. Only the SHA-256 of a key is stored: it has 256 bits of its own, so nothing slower is needed. Every change is one
 * transaction with its audit entry, if there is an author.
 */
export const createApiKeyRepository = (dataSource: DataSource, clock: Clock) => ({
  /**
   * The only time that the key itself is known.
   * @throws ServiceError USER_POOL_NOT_FOUND
   */
  create: (key: NewApiKey, author?: Author): Promise<KeyWithSecret> =>
    dataSource.transaction('READ COMMITTED', async (manager) => {
      if (key.role !== 'operator') await requirePool(manager, key.userPoolId);
      const [made, at] = [makeSecret(), clock()];
      const apiKey = await insertKey(manager, key, made, at);
      await writeKeyAudit(manager, { key: apiKey, at, call: 'CreateApiKey', facts: factsOf(apiKey) }, author);
      return { apiKey, secret: made.secret };
    }),

  /**
   * By the SHA-256 of the key, or of one before while that goes on; nothing for a revoked one. `validUntil` is when this
   * secret ends, null for never.
   * @throws ServiceError API_KEY_EXPIRED
   */
  find: (secretSha256: Uint8Array): Promise<FoundKey | undefined> =>
    findKey(dataSource.manager, Buffer.from(secretSha256), clock()),

  /** @throws ServiceError API_KEY_NOT_FOUND, also for a revoked one */
  get: async (userPoolId: string, id: string): Promise<ApiKey> => {
    const where = { id, userPoolId, revokedAt: IsNull() };
    const row = isUuid(id) ? await dataSource.manager.findOneBy(apiKeyEntity, where) : null;
    if (row === null) throw keyNotFound();
    return known(row);
  },

  /** The keys of a pool (`*`: of operators) that are not revoked, the newest first. Throws INVALID_ARGUMENT. */
  list: async (userPoolId: string, page: Page): Promise<Paged<ApiKey>> => {
    const query = dataSource.manager
      .createQueryBuilder(apiKeyEntity, 'key')
      .where('key.userPoolId = :userPoolId AND key.revokedAt IS NULL', { userPoolId });
    const { items, nextPageToken } = await newestFirst(query, { time: 'createdAt', id: 'id', idForm: UUID_FORM }, page);
    return { items: items.map(known), nextPageToken };
  },

  /**
   * Gives a key a new secret, known this once. The one before, and those before that, end with the time of grace, or when
   * they would have anyhow: a rotation that is repeated ends none that goes on.
   * @throws ServiceError API_KEY_NOT_FOUND, also for a revoked one
   */
  rotate: (rotation: KeyRotation, author?: Author): Promise<KeyWithSecret> =>
    dataSource.transaction('READ COMMITTED', (manager) => rotateKey(manager, rotation, { at: clock(), author })),

  /** Keys were used: what is known to be later already stays, and so does what is nobody's. */
  noteUses: async (uses: readonly KeyUse[]): Promise<void> => {
    const now = clock();
    const known = uses.filter(({ id }) => isUuid(id)).map(({ id, at }) => ({ id, at: at < now ? at : now }));
    if (known.length > 0) await dataSource.query(SAY_USED, [known.map(({ id }) => id), known.map(({ at }) => at)]);
  },

  /**
   * Ends a key of that pool (`*` for operators' keys); one that is ended already stays so, and has no second entry.
   * @throws ServiceError API_KEY_NOT_FOUND
   */
  revoke: (userPoolId: string, id: string, author?: Author): Promise<void> =>
    dataSource.transaction('READ COMMITTED', async (manager) => {
      const key = isUuid(id) ? await manager.findOneBy(apiKeyEntity, { id, userPoolId }) : null;
      if (key === null) throw keyNotFound();
      const at = clock();
      const { affected } = await manager.update(apiKeyEntity, { id, revokedAt: IsNull() }, { revokedAt: at });
      if (affected) await writeKeyAudit(manager, { key, at, call: 'RevokeApiKey' }, author);
    }),
});

/**
 * Whether a secret is that of a key, or was: one that was rotated out or revoked since would come back with the next start. Keys
 * that are older than what remembers it are told here which secret they were given, while they still have it.
 */
const isKnownAsGiven = async (manager: EntityManager, givenSha256: Buffer): Promise<boolean> => {
  // Nothing is written for what is known, so that a start needs no store that takes it.
  if (await manager.existsBy(apiKeyEntity, { givenSha256 })) return true;
  const places = [{ secretSha256: givenSha256 }, { previousSha256: givenSha256 }];
  for (const place of places) await manager.update(apiKeyEntity, { ...place, givenSha256: IsNull() }, { givenSha256 });
  return manager.existsBy(apiKeyEntity, places);
};

/** Whoever starts the service, or sets its environment, acts as the service. */
const AT_START: Author = { actor: 'migration-service' };

const insertOperatorKey = async (
  manager: EntityManager,
  name: string,
  secret: { readonly secret: string; readonly prefix: string | null },
): Promise<void> => {
  const at = new Date();
  const key = await insertKey(manager, { userPoolId: '*', role: 'operator', name }, secret, at);
  await writeKeyAudit(manager, { key, at, call: 'CreateApiKey', facts: factsOf(key) }, AT_START);
};

/**
 * Sees to it that an operator can get in: takes the key that the environment sets, else makes one when there is none.
 * Returns a key that was made, to be shown once. Callers hold the migration lock, in a transaction.
 */
export const ensureOperatorKey = async (manager: EntityManager, given?: string): Promise<string | undefined> => {
  if (given !== undefined) {
    const digest = sha256(given);
    // How a key begins that somebody thought of is a part of the secret.
    if (!(await isKnownAsGiven(manager, digest)))
      await insertOperatorKey(manager, 'set by environment', { secret: given, prefix: null });
    return undefined;
  }
  if (await manager.existsBy(apiKeyEntity, { role: 'operator', revokedAt: IsNull() })) return undefined;
  const made = makeSecret();
  await insertOperatorKey(manager, 'first key', made);
  return made.secret;
};
