import type { EntityManager } from 'typeorm';
import type { StoredProfile } from '../../entities/user-entities.ts';
import type { IdentifierRow } from '../users/identifier-rows.ts';
import type { Credential } from '../users/stored-user.ts';
import type { ExternalKey } from './conflict-rows.ts';

/** A user who is stored whole or not at all. */
export type MigratedUser = {
  readonly userId: string;
  readonly external: ExternalKey;
  readonly profile: StoredProfile;
  readonly identifiers: readonly IdentifierRow[];
  readonly credential: Credential;
  readonly at: Date;
};

/**
 * A statement's parts that store a user, from `values` on: whatever is to be seen first is its source, a row of nothing for
 * go. Identifiers in the order given, that of the kinds, so that two transactions do not wait for each other in a ring.
 * Open conflicts of a user who is stored now are over.
 */
export const storingFrom = (source: string): string => `
  stored AS (
    INSERT INTO users (id, user_pool_id, migration_state, profile, created_at, updated_at, migrated_at)
    SELECT $1::uuid, $2::uuid, 'migrated', $3::jsonb, $4::timestamptz, $4::timestamptz, $4::timestamptz FROM ${source}
  ), external AS (
    INSERT INTO external_ids (user_pool_id, connection_id, id_type, id_text, user_id, created_at)
    SELECT $2::uuid, $5::uuid, $6::text, $7::text, $1::uuid, $4::timestamptz FROM ${source}
  ), named AS (
    INSERT INTO user_identifiers (user_pool_id, kind, normalised, value, user_id, in_profile)
    SELECT $2::uuid, k.kind, k.normalised, k.value, $1::uuid, k.in_profile
    FROM ${source}, unnest($8::text[], $9::text[], $10::text[], $11::boolean[]) WITH ORDINALITY
      AS k (kind, normalised, value, in_profile, place)
    ORDER BY k.place
  ), proven AS (
    INSERT INTO credentials (user_id, scheme, version, pepper_id, cost, hash, created_at)
    SELECT $1::uuid, $12::text, $13::int4, $14::text, $15::int4, $16::text, $4::timestamptz FROM ${source}
  ), decided AS (
    DELETE FROM identifier_conflicts AS f USING ${source}
    WHERE f.user_pool_id = $2 AND f.connection_id = $5 AND f.id_type = $6 AND f.id_text = $7 AND NOT f.kept_local
  )`;

/** The values of `storingFrom`, the first sixteen of its statement. */
export const storedValues = ({
  userId,
  external,
  profile,
  identifiers,
  credential,
  at,
}: MigratedUser): readonly unknown[] => {
  const { userPoolId, connectionId, idType, idText } = external;
  const { scheme, version, pepperId, cost, hash } = credential;
  return [
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
  ];
};

const INSERT = `WITH go AS (SELECT 1), ${storingFrom('go')} SELECT FROM go`;

/** Fails with a unique violation when another transaction was faster. */
export const insertMigratedUser = async (manager: EntityManager, user: MigratedUser): Promise<void> => {
  await manager.query(INSERT, [...storedValues(user)]);
};
