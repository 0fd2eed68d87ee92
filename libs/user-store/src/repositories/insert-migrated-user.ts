import type { EntityManager } from 'typeorm';
import type { StoredProfile } from '../entities/user-entities.ts';
import type { ExternalKey } from './conflict-rows.ts';
import type { IdentifierRow } from './identifier-rows.ts';
import type { Credential } from './stored-user.ts';

/** A user who is stored whole or not at all. */
export type MigratedUser = {
  readonly userId: string;
  readonly external: ExternalKey;
  readonly profile: StoredProfile;
  readonly identifiers: readonly IdentifierRow[];
  readonly credential: Credential;
  readonly at: Date;
};

// One statement, since every first login passes here. Identifiers in the order given, that of the kinds, so that two
// transactions do not wait for each other in a ring. Open conflicts of a user who is stored now are over.
const INSERT = `
  WITH stored AS (
    INSERT INTO users (id, user_pool_id, migration_state, profile, created_at, updated_at, migrated_at)
    VALUES ($1, $2, 'migrated', $3, $4, $4, $4)
  ), external AS (
    INSERT INTO external_ids (user_pool_id, connection_id, id_type, id_text, user_id, created_at)
    VALUES ($2, $5, $6, $7, $1, $4)
  ), named AS (
    INSERT INTO user_identifiers (user_pool_id, kind, normalised, value, user_id, in_profile)
    SELECT $2, k.kind, k.normalised, k.value, $1, k.in_profile
    FROM unnest($8::text[], $9::text[], $10::text[], $11::boolean[]) WITH ORDINALITY
      AS k (kind, normalised, value, in_profile, place)
    ORDER BY k.place
  ), proven AS (
    INSERT INTO credentials (user_id, scheme, version, pepper_id, cost, hash, created_at)
    VALUES ($1, $12, $13, $14, $15, $16, $4)
  )
  DELETE FROM identifier_conflicts
  WHERE user_pool_id = $2 AND connection_id = $5 AND id_type = $6 AND id_text = $7 AND NOT kept_local`;

/** Fails with a unique violation when another transaction was faster. */
export const insertMigratedUser = async (
  manager: EntityManager,
  { userId, external, profile, identifiers, credential, at }: MigratedUser,
): Promise<void> => {
  const { userPoolId, connectionId, idType, idText } = external;
  const { scheme, version, pepperId, cost, hash } = credential;
  await manager.query(INSERT, [
    userId,
    userPoolId,
    JSON.stringify(profile),
    at,
    connectionId,
    idType,
    idText,
    identifiers.map(({ kind }) => kind),
    identifiers.map(({ normalised }) => normalised),
    identifiers.map(({ value }) => value),
    identifiers.map(({ inProfile }) => inProfile),
    scheme,
    version,
    pepperId,
    cost,
    hash,
  ]);
};
