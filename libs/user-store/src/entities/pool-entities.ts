import type { Plan } from '@userferry/user-model';
import { EntitySchema } from 'typeorm';

/** Role of an API key, see the management contract. */
export type ApiKeyRole = 'edge' | 'admin' | 'operator';

export type UserPoolRow = {
  id: string;
  name: string;
  /** A JSON object; TypeORM's types do not end on recursive ones. */
  metadata: unknown;
  revealRejectionDetails: boolean;
  createdAt: Date;
  plan: Plan;
  trialStartedAt: Date | null;
};

export const userPoolEntity = new EntitySchema<UserPoolRow>({
  name: 'user_pool',
  tableName: 'user_pools',
  columns: {
    id: { type: 'uuid', primary: true },
    name: { type: 'text' },
    metadata: { type: 'jsonb' },
    revealRejectionDetails: { type: 'boolean', name: 'reveal_rejection_details' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    plan: { type: 'text' },
    trialStartedAt: { type: 'timestamptz', name: 'trial_started_at', nullable: true },
  },
});

export type ApiKeyRow = {
  id: string;
  name: string;
  role: ApiKeyRole;
  /** A pool's id, or `*`. */
  userPoolId: string;
  secretSha256: Buffer;
  createdAt: Date;
  revokedAt: Date | null;
  /** Null: all of the role. */
  scopes: string[] | null;
  /** Null: never. */
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  /** How the secret begins; null where we did not make it, or do not know. */
  prefix: string | null;
  rotatedAt: Date | null;
  /** The secret before, and until when it goes on. */
  previousSha256: Buffer | null;
  previousUntil: Date | null;
  /** The secret that the environment gave it, which stays known when it is rotated; null where we made the first one. */
  givenSha256: Buffer | null;
};

/** A secret from before the previous one that still goes on. */
export type EarlierKeySecretRow = { secretSha256: Buffer; apiKeyId: string; endsAt: Date };

export const earlierKeySecretEntity = new EntitySchema<EarlierKeySecretRow>({
  name: 'earlier_key_secret',
  tableName: 'earlier_key_secrets',
  columns: {
    secretSha256: { type: 'bytea', primary: true, name: 'secret_sha256' },
    apiKeyId: { type: 'uuid', name: 'api_key_id' },
    endsAt: { type: 'timestamptz', name: 'ends_at' },
  },
});

export const apiKeyEntity = new EntitySchema<ApiKeyRow>({
  name: 'api_key',
  tableName: 'api_keys',
  columns: {
    id: { type: 'uuid', primary: true },
    name: { type: 'text' },
    role: { type: 'text' },
    userPoolId: { type: 'text', name: 'user_pool_id' },
    secretSha256: { type: 'bytea', name: 'secret_sha256' },
    createdAt: { type: 'timestamptz', name: 'created_at' },
    revokedAt: { type: 'timestamptz', name: 'revoked_at', nullable: true },
    scopes: { type: 'text', array: true, nullable: true },
    expiresAt: { type: 'timestamptz', name: 'expires_at', nullable: true },
    lastUsedAt: { type: 'timestamptz', name: 'last_used_at', nullable: true },
    prefix: { type: 'text', nullable: true },
    rotatedAt: { type: 'timestamptz', name: 'rotated_at', nullable: true },
    previousSha256: { type: 'bytea', name: 'previous_sha256', nullable: true },
    previousUntil: { type: 'timestamptz', name: 'previous_until', nullable: true },
    givenSha256: { type: 'bytea', name: 'given_sha256', nullable: true },
  },
});
