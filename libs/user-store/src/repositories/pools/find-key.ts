import { ServiceError } from '@userferry/errors';
import { type EntityManager, IsNull } from 'typeorm';
import { apiKeyEntity, earlierKeySecretEntity } from '../../entities/pool-entities.ts';
import { type ApiKey, known } from './known-key.ts';

/** A key by one of its secrets; `validUntil` is when this secret ends, null for never. */
export type FoundKey = ApiKey & { readonly validUntil: Date | null };

/** The earlier of two times, of which none is never. */
const earlier = (one: Date | null, other: Date | null): Date | null => {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
};

type Found = { readonly key: FoundKey; readonly isCurrent: boolean };

const byOwnOrPrevious = async (manager: EntityManager, digest: Buffer): Promise<Found | undefined> => {
  const row = await manager.findOneBy(apiKeyEntity, [
    { secretSha256: digest, revokedAt: IsNull() },
    { previousSha256: digest, revokedAt: IsNull() },
  ]);
  if (row === null) return undefined;
  const isCurrent = digest.equals(row.secretSha256);
  const validUntil = isCurrent ? row.expiresAt : earlier(row.expiresAt, row.previousUntil);
  return { key: { ...known(row), validUntil }, isCurrent };
};

/** It ends with the previous one at the latest: a version before that rotates the key knows that one alone. */
const byEarlier = async (manager: EntityManager, digest: Buffer): Promise<Found | undefined> => {
  const secret = await manager.findOneBy(earlierKeySecretEntity, { secretSha256: digest });
  const row = secret && (await manager.findOneBy(apiKeyEntity, { id: secret.apiKeyId, revokedAt: IsNull() }));
  if (!row) return undefined;
  const validUntil = earlier(secret.endsAt, earlier(row.expiresAt, row.previousUntil));
  return { key: { ...known(row), validUntil }, isCurrent: false };
};

/**
 * By the SHA-256 of a secret that is current, or goes on for its grace; nothing for a revoked key.
 * @throws ServiceError API_KEY_EXPIRED
 */
export const findKey = async (manager: EntityManager, digest: Buffer, now: Date): Promise<FoundKey | undefined> => {
  // In the order in which a secret moves on, so that none is missed that does so meanwhile.
  const found = (await byOwnOrPrevious(manager, digest)) ?? (await byEarlier(manager, digest));
  if (found === undefined) return undefined;
  const { key, isCurrent } = found;
  if (key.validUntil !== null && key.validUntil <= now)
    throw new ServiceError('API_KEY_EXPIRED', isCurrent ? 'the API key has expired' : 'the API key was replaced');
  return key;
};
