import type { MigrationInterface, QueryRunner } from 'typeorm';

// The previous version's code goes on working: what is new has a default, and what it relies on stays.
const STATEMENTS = [
  `ALTER TABLE user_pools
    ADD COLUMN plan text NOT NULL DEFAULT 'enterprise' CHECK (plan IN ('basic', 'enterprise')),
    ADD COLUMN trial_started_at timestamptz`,

  // Several identifiers of a kind: one is the profile's, the others are aliases.
  'ALTER TABLE user_identifiers DROP CONSTRAINT user_identifiers_one_of_a_kind',
  'ALTER TABLE user_identifiers ADD COLUMN in_profile boolean NOT NULL DEFAULT true',
  'CREATE UNIQUE INDEX user_identifiers_in_profile ON user_identifiers (user_id, kind) WHERE in_profile',
  'CREATE INDEX user_identifiers_of_user ON user_identifiers (user_id)',
  'ALTER TABLE external_ids ADD COLUMN created_at timestamptz NOT NULL DEFAULT now()',
  'CREATE INDEX external_ids_of_pool ON external_ids (user_pool_id, id_type, id_text)',
  'CREATE INDEX users_migrated ON users (user_pool_id, migrated_at) WHERE migrated_at IS NOT NULL',

  // A deletion leaves several keys under one id; two deletions may leave the same key.
  `ALTER TABLE tombstones
    ADD COLUMN tombstone_id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN created_by text NOT NULL DEFAULT ''`,
  `ALTER TABLE tombstones DROP CONSTRAINT tombstones_pkey,
    ADD PRIMARY KEY (user_pool_id, kind, value, tombstone_id)`,
  'CREATE INDEX tombstones_of_deletion ON tombstones (user_pool_id, tombstone_id)',

  // A deleted connection leaves its id, to which external ids refer, and no pool.
  'ALTER TABLE connections ALTER COLUMN user_pool_id DROP NOT NULL',
  `ALTER TABLE connection_versions ADD COLUMN changes jsonb NOT NULL DEFAULT '[]'`,

  `CREATE TABLE identifier_conflicts (
    id uuid PRIMARY KEY,
    user_pool_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connections (id),
    id_type text NOT NULL CHECK (id_type IN ('string', 'number')),
    id_text text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'phone', 'username')),
    normalised text NOT NULL,
    value text NOT NULL,
    user_id uuid NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    times_seen int8 NOT NULL,
    kept_local boolean NOT NULL,
    CONSTRAINT identifier_conflicts_once UNIQUE (user_pool_id, connection_id, id_type, id_text, kind, normalised)
  )`,
  `CREATE INDEX identifier_conflicts_open ON identifier_conflicts (user_pool_id, last_seen_at, id) WHERE NOT kept_local`,

  // Keys are HMACs: nothing here names anyone.
  `CREATE TABLE login_attempts (
    key bytea PRIMARY KEY,
    failures int4 NOT NULL,
    failures_max int4 NOT NULL,
    blocked_until timestamptz,
    expires_at timestamptz NOT NULL
  )`,
  'CREATE INDEX login_attempts_expired ON login_attempts (expires_at)',
  `CREATE TABLE login_days (
    user_pool_id uuid NOT NULL,
    day date NOT NULL,
    shard int2 NOT NULL,
    logins int8 NOT NULL,
    legacy_logins int8 NOT NULL,
    last_legacy_login_at timestamptz,
    PRIMARY KEY (user_pool_id, day, shard)
  )`,

  // No foreign keys: history takes no lock on what it tells of.
  `CREATE TABLE script_runs (
    user_pool_id uuid NOT NULL,
    run_id text NOT NULL,
    ended_at timestamptz NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    version int8 NOT NULL,
    request_id text NOT NULL,
    test boolean NOT NULL,
    sealed_details text NOT NULL,
    PRIMARY KEY (user_pool_id, run_id)
  )`,
  'CREATE INDEX script_runs_by_time ON script_runs (user_pool_id, ended_at, run_id)',
  'CREATE INDEX script_runs_old ON script_runs (ended_at)',
  `CREATE TABLE audit_entries (
    id uuid PRIMARY KEY,
    user_pool_id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    request_id text NOT NULL
  )`,
  'CREATE INDEX audit_entries_by_time ON audit_entries (user_pool_id, at, id)',
];

const UNDO = [
  'DROP TABLE audit_entries',
  'DROP TABLE script_runs',
  'DROP TABLE login_days',
  'DROP TABLE login_attempts',
  'DROP TABLE identifier_conflicts',
  'ALTER TABLE connection_versions DROP COLUMN changes',
  'DELETE FROM external_ids WHERE connection_id IN (SELECT id FROM connections WHERE user_pool_id IS NULL)',
  'DELETE FROM connections WHERE user_pool_id IS NULL',
  'ALTER TABLE connections ALTER COLUMN user_pool_id SET NOT NULL',
  `DELETE FROM tombstones t WHERE EXISTS (SELECT 1 FROM tombstones o WHERE o.user_pool_id = t.user_pool_id
    AND o.kind = t.kind AND o.value = t.value AND o.tombstone_id < t.tombstone_id)`,
  'ALTER TABLE tombstones DROP CONSTRAINT tombstones_pkey, ADD PRIMARY KEY (user_pool_id, kind, value)',
  'ALTER TABLE tombstones DROP COLUMN tombstone_id, DROP COLUMN created_by',
  'DROP INDEX users_migrated',
  'DROP INDEX external_ids_of_pool',
  'ALTER TABLE external_ids DROP COLUMN created_at',
  'DELETE FROM user_identifiers WHERE NOT in_profile',
  'DROP INDEX user_identifiers_of_user',
  'ALTER TABLE user_identifiers DROP COLUMN in_profile',
  'ALTER TABLE user_identifiers ADD CONSTRAINT user_identifiers_one_of_a_kind UNIQUE (user_id, kind)',
  'ALTER TABLE user_pools DROP COLUMN plan, DROP COLUMN trial_started_at',
];

/** Plans, aliases, tombstones by deletion, conflicts, limits of logins, history. */
export class WholeLife1765000000000 implements MigrationInterface {
  name = 'WholeLife1765000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of UNDO) await runner.query(statement);
  }
}
