import { type EntityManager, IsNull } from 'typeorm';
import { apiKeyEntity } from '../../entities/pool-entities.ts';
import { isUuid } from '../../require-pool.ts';
import type { Author } from '../history/audit.ts';
import { keepEarlierSecrets } from './earlier-secrets.ts';
import { writeKeyAudit } from './key-audit.ts';
import { makeSecret, sha256 } from './key-secret.ts';
import { type KeyWithSecret, keyNotFound, known } from './known-key.ts';

export type KeyRotation = {
  readonly userPoolId: string;
  readonly id: string;
  /** How long the secret before goes on, and none from before that for longer. */
  readonly graceMs: number;
  /** Absent: never. */
  readonly expiresAt?: Date | undefined;
};

/** The sooner of two times, of which none is never. */
const soonerOf = (one: Date, other: Date | null): Date => (other !== null && other < one ? other : one);

const holdKey = async (manager: EntityManager, { userPoolId, id }: KeyRotation) => {
  const where = { id, userPoolId, revokedAt: IsNull() };
  const lock = { mode: 'pessimistic_write' } as const;
  const row = isUuid(id) ? await manager.findOne(apiKeyEntity, { where, lock }) : null;
  if (row === null) throw keyNotFound();
  return row;
};

/** Gives a key a new secret, in one transaction with its audit entry. Throws API_KEY_NOT_FOUND. */
export const rotateKey = async (
  manager: EntityManager,
  rotation: KeyRotation,
  { at, author }: { readonly at: Date; readonly author: Author | undefined },
): Promise<KeyWithSecret> => {
  const row = await holdKey(manager, rotation);
  const { graceMs, expiresAt = null } = rotation;
  const { secret, prefix } = makeSecret();
  const previousUntil = soonerOf(new Date(at.getTime() + graceMs), row.expiresAt);
  const change = {
    secretSha256: sha256(secret),
    prefix,
    rotatedAt: at,
    expiresAt,
    previousSha256: row.secretSha256,
    previousUntil,
  };
  await keepEarlierSecrets(manager, row, { at, endsAt: previousUntil });
  await manager.update(apiKeyEntity, { id: row.id }, change);
  const facts = [`the secret before goes on for ${graceMs / 1_000} s`];
  await writeKeyAudit(manager, { key: row, at, call: 'RotateApiKey', facts }, author);
  return { apiKey: known({ ...row, ...change }), secret };
};
