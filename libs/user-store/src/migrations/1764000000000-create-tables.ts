import type { MigrationInterface, QueryRunner } from 'typeorm';

// Within what PostgreSQL and CockroachDB both speak: no extension, no trigger, ids made by us.
const STATEMENTS = [
  `CREATE TABLE user_pools (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    metadata jsonb NOT NULL,
    reveal_rejection_details boolean NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  `CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('edge', 'admin', 'operator')),
    user_pool_id text NOT NULL,
    secret_sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT api_keys_secret UNIQUE (secret_sha256),
    CONSTRAINT api_keys_every_pool CHECK ((role = 'operator') = (user_pool_id = '*'))
  )`,
  `CREATE TABLE connections (
    id uuid PRIMARY KEY,
    user_pool_id uuid NOT NULL REFERENCES user_pools (id),
    enabled boolean NOT NULL,
    version int4 NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT connections_one_per_pool UNIQUE (user_pool_id)
  )`,
  `CREATE TABLE connection_versions (
    connection_id uuid NOT NULL REFERENCES connections (id),
    version int4 NOT NULL,
    mode text NOT NULL CHECK (mode IN ('lazy_migration', 'custom_user_store')),
    sealed_settings text NOT NULL,
    egress jsonb NOT NULL,
    scripts jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (connection_id, version)
  )`,
  `CREATE TABLE scripts (
    id uuid PRIMARY KEY,
    connection_id uuid NOT NULL REFERENCES connections (id),
    action text NOT NULL,
    sealed_source text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL
  )`,
  'CREATE INDEX scripts_of_connection ON scripts (connection_id)',
  `CREATE TABLE users (
    id uuid PRIMARY KEY,
    user_pool_id uuid NOT NULL REFERENCES user_pools (id),
    migration_state text NOT NULL CHECK (migration_state IN ('migrated', 'local')),
    profile jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    migrated_at timestamptz
  )`,
  'CREATE INDEX users_of_pool ON users (user_pool_id, created_at)',
  `CREATE TABLE user_identifiers (
    user_pool_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'phone', 'username')),
    normalised text NOT NULL,
    value text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (user_pool_id, kind, normalised),
    CONSTRAINT user_identifiers_one_of_a_kind UNIQUE (user_id, kind)
  )`,
  `CREATE TABLE external_ids (
    user_pool_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connections (id),
    id_type text NOT NULL CHECK (id_type IN ('string', 'number')),
    id_text text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (user_pool_id, connection_id, id_type, id_text)
  )`,
  'CREATE INDEX external_ids_of_user ON external_ids (user_id)',
  `CREATE TABLE credentials (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    scheme text NOT NULL,
    version int4 NOT NULL,
    pepper_id text NOT NULL,
    cost int4 NOT NULL,
    hash text NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  `CREATE TABLE tombstones (
    user_pool_id uuid NOT NULL REFERENCES user_pools (id),
    kind text NOT NULL,
    value text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_pool_id, kind, value)
  )`,
];

const TABLES = [
  'tombstones',
  'credentials',
  'external_ids',
  'user_identifiers',
  'users',
  'scripts',
  'connection_versions',
  'connections',
  'api_keys',
  'user_pools',
];

/** TypeORM wants migrations as classes. */
export class CreateTables1764000000000 implements MigrationInterface {
  name = 'CreateTables1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}
