import type { EntityManager } from 'typeorm';
import { type ApiKeyRow, earlierKeySecretEntity } from '../../entities/pool-entities.ts';

/** Beside a key's own secret and the one before: ten in all. */
const EARLIER_MAX = 8;

const SHORTEN = 'UPDATE earlier_key_secrets SET ends_at = $2 WHERE api_key_id = $1 AND ends_at > $2';

const FORGET = `
  DELETE FROM earlier_key_secrets WHERE api_key_id = $1 AND (ends_at <= $2 OR secret_sha256 NOT IN (
    SELECT secret_sha256 FROM earlier_key_secrets WHERE api_key_id = $1 ORDER BY ends_at DESC LIMIT $3))`;

/**
 * A key is given another secret: the one before becomes an earlier one. None goes on for longer than it was to, nor than
 * `endsAt`, and of too many those that would end first end now. The key's row is held.
 */
export const keepEarlierSecrets = async (
  manager: EntityManager,
  { id, previousSha256, previousUntil }: ApiKeyRow,
  { at, endsAt }: { readonly at: Date; readonly endsAt: Date },
): Promise<void> => {
  if (previousSha256 === null || previousUntil === null) return;
  const earlier = { secretSha256: previousSha256, apiKeyId: id, endsAt: previousUntil };
  await manager.insert(earlierKeySecretEntity, earlier);
  // What a version before has rotated since has ended with the secret that it replaced.
  await manager.query(SHORTEN, [id, previousUntil < endsAt ? previousUntil : endsAt]);
  await manager.query(FORGET, [id, at, EARLIER_MAX]);
};
