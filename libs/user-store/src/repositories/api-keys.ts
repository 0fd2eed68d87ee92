import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import { type DataSource, type EntityManager, IsNull } from 'typeorm';
import { type ApiKeyRole, type ApiKeyRow, apiKeyEntity } from '../entities/pool-entities.ts';
import { isUuid, requirePool } from '../require-pool.ts';

/** Whose key it is. `userPoolId` is `*` for operators. */
export type ApiKey = Readonly<Omit<ApiKeyRow, 'secretSha256' | 'revokedAt'>>;

export type NewApiKey = { readonly userPoolId: string; readonly role: ApiKeyRole; readonly name: string };

const sha256 = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const newSecret = (): string => `ufk_${randomBytes(32).toString('base64url')}`;

const insertKey = async (manager: EntityManager, key: NewApiKey, secret: string): Promise<ApiKey> => {
  const row = { id: randomUUID(), ...key, createdAt: new Date() };
  await manager.insert(apiKeyEntity, { ...row, secretSha256: sha256(secret), revokedAt: null });
  return row;
};

/** API keys. Only the SHA-256 of a key is stored: it has 256 bits of its own, so nothing slower is needed. */
export const createApiKeyRepository = (dataSource: DataSource) => ({
  /**
   * The only time that the key itself is known.
   * @throws ServiceError USER_POOL_NOT_FOUND
   */
  create: async (key: NewApiKey): Promise<{ apiKey: ApiKey; secret: string }> => {
    if (key.role !== 'operator') await requirePool(dataSource.manager, key.userPoolId);
    const secret = newSecret();
    return { apiKey: await insertKey(dataSource.manager, key, secret), secret };
  },

  /** By the SHA-256 of the key; nothing for a revoked one. */
  find: async (secretSha256: Uint8Array): Promise<ApiKey | undefined> => {
    const row = await dataSource.manager.findOneBy(apiKeyEntity, {
      secretSha256: Buffer.from(secretSha256),
      revokedAt: IsNull(),
    });
    if (row === null) return undefined;
    const { id, name, role, userPoolId, createdAt } = row;
    return { id, name, role, userPoolId, createdAt };
  },

  /**
   * Ends a key of that pool (`*` for operators' keys); one that is ended already stays so.
   * @throws ServiceError API_KEY_NOT_FOUND
   */
  revoke: async (userPoolId: string, id: string): Promise<void> => {
    const key = isUuid(id) ? await dataSource.manager.findOneBy(apiKeyEntity, { id, userPoolId }) : null;
    if (key === null) throw new ServiceError('API_KEY_NOT_FOUND', 'this user pool has no API key with this id');
    await dataSource.manager.update(apiKeyEntity, { id, revokedAt: IsNull() }, { revokedAt: new Date() });
  },
});

/**
 * Sees to it that an operator can get in: takes the key that the environment sets, else makes one when there is none.
 * Returns a key that was made, to be shown once. Callers hold the migration lock.
 */
export const ensureOperatorKey = async (manager: EntityManager, given?: string): Promise<string | undefined> => {
  const key = { userPoolId: '*', role: 'operator', name: given ? 'set by environment' : 'first key' } as const;
  if (given !== undefined) {
    const known = await manager.existsBy(apiKeyEntity, { secretSha256: sha256(given) });
    if (!known) await insertKey(manager, key, given);
    return undefined;
  }
  if (await manager.existsBy(apiKeyEntity, { role: 'operator', revokedAt: IsNull() })) return undefined;
  const secret = newSecret();
  await insertKey(manager, key, secret);
  return secret;
};
