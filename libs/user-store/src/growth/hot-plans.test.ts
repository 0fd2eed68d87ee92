import { createHash } from 'node:crypto';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDataSource } from '../data-source.ts';
import { createApiKeyRepository } from '../repositories/api-keys.ts';
import { createAttemptRepository } from '../repositories/attempts.ts';
import { createAuditRepository } from '../repositories/audit.ts';
import { createConflictRepository } from '../repositories/conflicts.ts';
import { createPoolRepository } from '../repositories/pools.ts';
import { createProgressRepository } from '../repositories/progress.ts';
import { createScriptRunRepository } from '../repositories/script-runs.ts';
import { createTombstoneRepository } from '../repositories/tombstones.ts';
import { createUserRepository } from '../repositories/users.ts';
import { createSealer } from '../sealing.ts';
import { ADMIN, openStoreForTests, randomRing, someCredential } from '../store-for-tests.ts';
import { ATTEMPT_LIMITS, RUN_LIMITS } from '../store-limits.ts';
import { FILLED, fillStore } from './fill-store.ts';

type Statement = { readonly sql: string; readonly values: readonly unknown[] };
type Node = { readonly 'Node Type': string; readonly 'Relation Name'?: string; readonly Plans?: readonly Node[] };

const stack = new AsyncDisposableStack();
let database: TestDatabase;
let source: DataSource;
let sent: Statement[] = [];
let pool: { id: string; connection: string };

beforeAll(async () => {
  database = stack.use(await testDatabase());
  await using _migrated = await openStoreForTests(database.url);
  await fillStore(database.query, 'pools', { from: 0, to: 3_000 });
  await fillStore(database.query, 'users', { from: 0, to: 20_000 });
  await fillStore(database.query, 'traces', { from: 0, to: 20_000 });
  await fillStore(database.query, 'versions', { from: 2, to: 1_000 });
  await database.query('ANALYZE');
  [pool] = (await database.query<typeof pool>(FILLED.poolIdSql)) as [typeof pool];
  source = await connectDataSource({
    databaseUrl: database.url,
    poolSize: 4,
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 0,
  });
  stack.defer(() => source.destroy());
  const logQuery = (sql: string, values: readonly unknown[] = []) => void sent.push({ sql, values });
  source.logger = { ...source.logger, logQuery } as DataSource['logger'];
});
afterAll(() => stack.disposeAsync());

const scannedIn = (node: Node): string[] => [
  ...(node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? '?'] : []),
  ...(node.Plans ?? []).flatMap(scannedIn),
];

/** The tables that a statement reads from the first row to the last, as PostgreSQL plans it now. */
const scannedBy = async ({ sql, values }: Statement): Promise<string[]> => {
  const rows = await source.query(`EXPLAIN (FORMAT JSON) ${sql}`, [...values]);
  return scannedIn(rows[0]['QUERY PLAN'][0].Plan as Node);
};

const isPlanned = ({ sql }: Statement): boolean => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)/i.test(sql);

/** Everything that a call sends, and what of it reads a whole table. */
const look = async (call: () => Promise<unknown>) => {
  sent = [];
  await call();
  const statements = sent.filter(isPlanned);
  const scanned: string[] = [];
  for (const statement of statements)
    for (const table of await scannedBy(statement)) scanned.push(`${table}: ${statement.sql}`);
  return { statements: statements.length, scanned };
};

const keyRing = randomRing('k1');
const clock = () => new Date();
const page = { size: 50, token: '' };
const repositories = () => {
  const late = { clock, read: <T>(run: (manager: DataSource['manager']) => Promise<T>) => run(source.manager) };
  return {
    keys: createApiKeyRepository(source, clock),
    pools: createPoolRepository(source, clock),
    attempts: createAttemptRepository(source, { keyRing, limits: ATTEMPT_LIMITS, clock }),
    users: createUserRepository(source, late),
    progress: createProgressRepository(source, { ...late, daysKept: 400 }),
    runs: createScriptRunRepository(source, { ...late, sealer: createSealer(keyRing), limits: RUN_LIMITS }),
    audit: createAuditRepository(source, { ...late, daysKept: 400 }),
    tombstones: createTombstoneRepository(source, clock),
    conflicts: createConflictRepository(source, clock),
  };
};

const subject = () => ({ userPoolId: pool.id, who: typed(7), address: '192.0.2.1' });
const typed = (n: number) => ({ kind: 'email' as const, value: FILLED.emailOf(n) });
const proven = (n: number) => ({
  userPoolId: pool.id,
  connectionId: pool.connection,
  externalId: n,
  profile: { email: FILLED.emailOf(n), username: `person${n}` },
  typed: typed(n),
  credential: someCredential,
});
const run = () => ({ runId: `run`, endedAt: clock(), action: 'login', outcome: 'completed', version: 1, test: false });

type Repositories = ReturnType<typeof repositories>;
const CALLS: readonly (readonly [string, (by: Repositories) => Promise<unknown>])[] = [
  ['who calls', ({ keys }) => keys.find(createHash('sha256').update('key 7').digest())],
  ['pool and connection', ({ pools }) => pools.loginFacts(pool.id)],
  ['an attempt', ({ attempts }) => attempts.begin(subject())],
  ['an attempt that was right', ({ attempts }) => attempts.proven(subject())],
  ['a user by what they type', ({ users }) => users.find(pool.id, typed(7))],
  ['a user by the legacy id', ({ users }) => users.find(pool.id, { externalId: 7 })],
  ['nobody', ({ users }) => users.find(pool.id, typed(900_000))],
  ['a first login', ({ users }) => users.migrate(proven(900_001))],
  ['a first login that came second', ({ users }) => users.migrate(proven(8))],
  ['what a login has to know', ({ users }) => users.forLogin(pool.id, typed(7))],
  ['what a login has to know of nobody', ({ users }) => users.forLogin(pool.id, typed(900_000))],
  ['an attempt that let somebody in', ({ attempts }) => attempts.loggedIn(subject(), true)],
  ['a run for the log history', ({ runs }) => runs.append(pool.id, [{ ...run(), requestId: '', details: {} }])],
  ['a page of runs', ({ runs }) => runs.list({ userPoolId: pool.id, until: new Date(0) }, page)],
  ['a page of the audit', ({ audit }) => audit.list(pool.id, page)],
  ['a page of tombstones', ({ tombstones }) => tombstones.list(pool.id, page)],
  ['a page of conflicts', ({ conflicts }) => conflicts.list(pool.id, page)],
  [
    'the deletion of a user',
    async ({ users }) => {
      const found = await users.find(pool.id, typed(9));
      return users.delete({ userPoolId: pool.id, userId: 'user' in found ? found.user.userId : '' }, ADMIN);
    },
  ],
  ['a sweep of attempts', ({ attempts }) => attempts.sweep()],
  ['a sweep of the audit', ({ audit }) => audit.sweep()],
];

describe('no table that grows is read from end to end by', () => {
  it.each(CALLS)('%s', async (_name, call) => {
    const { statements, scanned } = await look(() => call(repositories()));
    expect(statements).toBeGreaterThan(0);
    expect(scanned).toEqual([]);
  });

  it('and where one is, it is seen', async () => {
    const { scanned } = await look(() => source.query("SELECT * FROM users WHERE profile ->> 'name' = 'x'"));
    expect(scanned).toHaveLength(1);
  });
});
