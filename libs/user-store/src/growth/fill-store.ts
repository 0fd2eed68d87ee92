/** Runs one statement in the store's database, as its superuser. */
export type RunSql = (sql: string, values?: unknown[]) => Promise<unknown>;

/** Made-up rows from one number up to another; the same numbers give the same rows. */
export type Span = { readonly from: number; readonly to: number };

/** The id of the n-th made-up row of a kind: spread as random ids are. */
const idOf = (kind: string, n = 'n'): string => `md5('${kind} ' || ${n})::uuid`;

// 60 characters, as bcrypt's.
const HASH = `'$2b$12$' || substr(md5('a' || n) || md5('b' || n), 1, 53)`;

/** User pools, each with a connection that is switched on, in one version without scripts, and a key that was rotated twice. */
const POOLS = [
  `INSERT INTO user_pools (id, name, metadata, reveal_rejection_details, created_at)
   SELECT ${idOf('pool')}, 'pool ' || n, '{}', false, now() FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO connections (id, user_pool_id, enabled, version, updated_at)
   SELECT ${idOf('connection')}, ${idOf('pool')}, true, 1, now() FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO connection_versions (connection_id, version, mode, sealed_settings, egress, scripts, created_at, created_by)
   SELECT ${idOf('connection')}, 1, 'lazy_migration', '', '[]', '{}', now(), 'fill'
   FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO api_keys (id, name, role, user_pool_id, secret_sha256, created_at)
   SELECT ${idOf('key')}, 'key', 'edge', ${idOf('pool')}::text, sha256(('key ' || n)::bytea), now()
   FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO earlier_key_secrets (secret_sha256, api_key_id, ends_at)
   SELECT sha256(('earlier key ' || n)::bytea), ${idOf('key')}, now() FROM generate_series($1::int, $2::int - 1) AS n`,
];

/** Users of pool 0 who have migrated: an e-mail, a username, a legacy id, a hash. */
const USERS = [
  `INSERT INTO users (id, user_pool_id, migration_state, profile, created_at, updated_at, migrated_at)
   SELECT ${idOf('user')}, ${idOf('pool', '0')}, 'migrated', jsonb_build_object('name', 'Person ' || n), at, at, at
   FROM generate_series($1::int, $2::int - 1) AS n, LATERAL (SELECT now() - n * interval '1 s') AS t (at)`,
  `INSERT INTO user_identifiers (user_pool_id, kind, normalised, value, user_id)
   SELECT ${idOf('pool', '0')}, kind, text, text, ${idOf('user')}
   FROM generate_series($1::int, $2::int - 1) AS n,
     LATERAL (VALUES ('email', 'person' || n || '@example.com'), ('username', 'person' || n)) AS i (kind, text)`,
  `INSERT INTO external_ids (user_pool_id, connection_id, id_type, id_text, user_id)
   SELECT ${idOf('pool', '0')}, ${idOf('connection', '0')}, 'number', n::text, ${idOf('user')}
   FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO credentials (user_id, scheme, version, pepper_id, cost, hash, created_at)
   SELECT ${idOf('user')}, 'bcrypt-hmac-sha384', 1, 'p1', 12, ${HASH}, now() FROM generate_series($1::int, $2::int - 1) AS n`,
];

/** What logins, deletions and administrators of pool 0 leave behind: attempts, tombstones, conflicts, runs, audit entries. */
const TRACES = [
  `INSERT INTO login_attempts (key, failures, failures_max, expires_at)
   SELECT sha256(('attempt ' || n)::bytea), 0, 10, now() + interval '15 minutes' FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO tombstones (user_pool_id, kind, value, created_at, tombstone_id)
   SELECT ${idOf('pool', '0')}, 'email', 'gone' || n || '@example.com', now() - n * interval '1 s', ${idOf('tombstone')}
   FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO identifier_conflicts (id, user_pool_id, connection_id, id_type, id_text, kind, normalised, value, user_id,
     first_seen_at, last_seen_at, times_seen, kept_local)
   SELECT ${idOf('conflict')}, ${idOf('pool', '0')}, ${idOf('connection', '0')}, 'string', 'c' || n, 'email', 'c' || n,
     'c' || n, ${idOf('user')}, now(), now(), 1, n % 2 = 0 FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO script_runs (user_pool_id, run_id, ended_at, action, outcome, version, request_id, test, sealed_details)
   SELECT ${idOf('pool', '0')}, 'filled ' || n, now() - n * interval '1 s', 'login', 'completed', 1, '', false, repeat('x', 300)
   FROM generate_series($1::int, $2::int - 1) AS n`,
  `INSERT INTO audit_entries (id, user_pool_id, at, actor, action, target, request_id)
   SELECT ${idOf('entry')}, ${idOf('pool', '0')}, now() - n * interval '1 s', 'a', 'b', 'c', 'd'
   FROM generate_series($1::int, $2::int - 1) AS n`,
];

/** Further versions of connection 0. */
const VERSIONS = [
  `INSERT INTO connection_versions (connection_id, version, mode, sealed_settings, egress, scripts, created_at, created_by)
   SELECT ${idOf('connection', '0')}, n, 'lazy_migration', repeat('x', 500), '[]', '{}', now(), 'fill'
   FROM generate_series($1::int, $2::int - 1) AS n`,
  `UPDATE connections SET version = $2::int - 1 WHERE id = ${idOf('connection', '0')} AND $1::int > 0`,
];

const KINDS = { pools: POOLS, users: USERS, traces: TRACES, versions: VERSIONS } as const;

/**
 * Fills a store that has been migrated with made-up rows, for benches and tests of what grows. Users, traces and versions
 * are those of pool 0, which has to be there first.
 */
export const fillStore = async (run: RunSql, kind: keyof typeof KINDS, { from, to }: Span): Promise<void> => {
  for (const statement of KINDS[kind]) await run(statement, [from, to]);
};

/** The id of pool 0, of its connection, and how its n-th user logs in. */
export const FILLED = {
  poolIdSql: `SELECT ${idOf('pool', '0')}::text AS id, ${idOf('connection', '0')}::text AS connection`,
  emailOf: (n: number): string => `person${n}@example.com`,
} as const;
