import { type Identifier, identifierKey } from '@userferry/user-model';
import type { UserPoolRow } from '../../entities/pool-entities.ts';
import type { ExternalIdRow, UserIdentifierRow, UserRow } from '../../entities/user-entities.ts';
import { isUuid, poolNotFound } from '../../require-pool.ts';
import type { Statement, StatementCall } from '../../statements/statement.ts';
import { type LoginFacts, poolView } from '../pools/pool-facts.ts';
import { type Credential, type FoundUser, namesSomebody, storedUser } from './stored-user.ts';

/** What every login asks first. `found` is absent where users live in the legacy user store alone: nobody was looked for. */
export type LoginLookup = { readonly facts: LoginFacts; readonly found?: FoundUser };

// One statement, since every login passes here; of parts rather than joins, whose order would have to be planned each time.
const LOOK_UP: Statement = {
  name: 'look_up_login',
  text: `
  SELECT p.id, p.name, p.metadata, p.reveal_rejection_details AS "revealRejectionDetails",
    p.created_at AS "createdAt", p.plan, p.trial_started_at AS "trialStartedAt",
    (SELECT json_build_object('connectionId', c.id, 'version', c.version, 'enabled', c.enabled, 'mode',
        (SELECT v.mode FROM connection_versions AS v WHERE v.connection_id = c.id AND v.version = c.version))
      FROM connections AS c WHERE c.user_pool_id = p.id) AS connection,
    u.id AS "userId", u.migration_state AS "migrationState", u.profile, u.created_at AS "userCreatedAt",
    u.updated_at AS "updatedAt", u.migrated_at AS "migratedAt",
    (SELECT json_agg(json_build_object('kind', i.kind, 'value', i.value, 'inProfile', i.in_profile))
      FROM user_identifiers AS i WHERE i.user_id = u.id) AS identifiers,
    (SELECT json_build_object('idType', e.id_type, 'idText', e.id_text) FROM external_ids AS e
      WHERE e.user_id = u.id AND ${namesSomebody('e')}
      ORDER BY e.created_at, e.id_text COLLATE "C" LIMIT 1) AS external,
    (SELECT json_build_object('scheme', k.scheme, 'version', k.version, 'pepperId', k.pepper_id, 'cost', k.cost,
        'hash', k.hash) FROM credentials AS k WHERE k.user_id = u.id) AS credential,
    EXISTS (SELECT FROM tombstones AS t
      WHERE t.user_pool_id = p.id AND t.kind = $2 AND t.value = $3) AS tombstoned
  FROM user_pools AS p
  LEFT JOIN users AS u ON u.id = (SELECT n.user_id FROM user_identifiers AS n
    WHERE n.user_pool_id = $1 AND n.kind = $2 AND n.normalised = $3)
  WHERE p.id = $1`,
};

type Person = Pick<UserRow, 'migrationState' | 'profile' | 'updatedAt' | 'migratedAt'> & {
  readonly userId: string | null;
  readonly userCreatedAt: Date;
  readonly identifiers: UserIdentifierRow[] | null;
  readonly external: Pick<ExternalIdRow, 'idType' | 'idText'> | null;
  readonly credential: Credential | null;
  readonly tombstoned: boolean;
};
export type LookupRow = UserPoolRow & Person & { readonly connection: LoginFacts['connection'] | null };

/** Asks for pool, connection and user at once. Throws ServiceError USER_POOL_NOT_FOUND for what is no id. */
export const lookUpLogin = (userPoolId: string, identifier: Identifier): StatementCall => {
  if (!isUuid(userPoolId)) throw poolNotFound();
  return { statement: LOOK_UP, values: [userPoolId, identifier.kind, identifierKey(identifier)] };
};

/**
 * What was found. Whoever is not here may have been deleted: then the answer is `tombstoned`.
 * @throws ServiceError USER_POOL_NOT_FOUND
 */
export const lookedUp = (row: LookupRow | undefined, now: Date): LoginLookup => {
  if (row === undefined) throw poolNotFound();
  const facts = factsOf(row, now);
  const { connection } = facts;
  const elsewhere = connection?.enabled === true && connection.mode === 'custom_user_store';
  return elsewhere ? { facts } : { facts, found: foundIn(row) };
};

const factsOf = (row: LookupRow, now: Date): LoginFacts => {
  const { id, name, metadata, revealRejectionDetails, createdAt, plan, trialStartedAt, connection } = row;
  const pool = poolView({ id, name, metadata, revealRejectionDetails, createdAt, plan, trialStartedAt }, now);
  return { pool, ...(connection && { connection }) };
};

const foundIn = (row: LookupRow): FoundUser => {
  if (row.userId === null) return { verdict: row.tombstoned ? 'tombstoned' : 'not_found' };
  const { userId: id, migrationState, profile, userCreatedAt: createdAt, updatedAt, migratedAt } = row;
  const { identifiers, external, credential } = row;
  return {
    verdict: 'ok',
    ...storedUser({
      ...{ id, migrationState, profile, createdAt, updatedAt, migratedAt, credential },
      identifiers: identifiers ?? [],
      externalIds: external === null ? [] : [{ ...external, createdAt }],
    }),
  };
};
