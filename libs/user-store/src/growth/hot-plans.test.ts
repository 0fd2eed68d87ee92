import { createHash } from 'node:crypto';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDataSource } from '../data-source.ts';
import { createAttemptCalls } from '../repositories/attempts/attempt-calls.ts';
import { createAttemptRepository } from '../repositories/attempts/attempts.ts';
import { createAuditRepository } from '../repositories/history/audit.ts';
import { createProgressRepository } from '../repositories/history/progress.ts';
import { createScriptRunRepository } from '../repositories/history/script-runs.ts';
import { createApiKeyRepository } from '../repositories/pools/api-keys.ts';
import { createPoolRepository } from '../repositories/pools/pools.ts';
import { createConflictRepository } from '../repositories/proven-users/conflicts.ts';
import { createTombstoneRepository } from '../repositories/users/tombstones.ts';
import { createUserRepository } from '../repositories/users/users.ts';
import { createSealer } from '../secrets/sealing.ts';
import { createStatements } from '../statements/create-statements.ts';
import type { StatementCall } from '../statements/statement.ts';
import { ADMIN, openStoreForTests, randomRing, someCredential } from '../store-for-tests.ts';
import { ATTEMPT_LIMITS, RUN_LIMITS } from '../store-limits.ts';
import { createSweepTime, databaseClockOf } from '../time/sweep-time.ts';
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

/** Statements that a server keeps prepared. */
const prepared = new Set<string>();

/**
 * The tables that a statement reads from the first row to the last, as PostgreSQL plans it now: with its values, and for
 * any values, where that plan is kept.
 */
const scannedBy = async ({ sql, values }: Statement): Promise<string[]> => {
  const plans = [await source.query(`EXPLAIN (FORMAT JSON) ${sql}`, [...values])];
  if (prepared.has(sql)) plans.push(await source.query(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${sql}`));
  return plans.flatMap(([row]) => scannedIn(row['QUERY PLAN'][0].Plan as Node));
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
  const attemptCalls = createAttemptCalls(keyRing, ATTEMPT_LIMITS);
  const run = createStatements(source, {});
  const noted = ((...calls: StatementCall[]) => {
    for (const { statement } of calls) prepared.add(statement.text);
    return run(...calls);
  }) as unknown as typeof run;
  const read = <T>(run: (manager: DataSource['manager']) => Promise<T>) => run(source.manager);
  const late = { givenUpAt: () => null, clock, sweepTime: createSweepTime(clock, databaseClockOf(source)), read };
  return {
    keys: createApiKeyRepository(source, clock),
    pools: createPoolRepository(source, clock),
    attempts: createAttemptRepository({ dataSource: source, run: noted, ...late }, attemptCalls),
    users: createUserRepository({ dataSource: source, run: noted, ...late }, attemptCalls),
    progress: createProgressRepository(source, { ...late, daysKept: 400 }),
    runs: createScriptRunRepository(
      { dataSource: source, run: noted, ...late },
      { sealer: createSealer(keyRing), limits: RUN_LIMITS },
    ),
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
  ['who calls with a secret of nobody', ({ keys }) => keys.find(createHash('sha256').update('no key').digest())],
  [
    'a rotation',
    async ({ keys }) => {
      const { items } = await keys.list(pool.id, page);
      const key = { userPoolId: pool.id, id: items[0]?.id ?? '', graceMs: 60_000 };
      for (const _ of [1, 2]) await keys.rotate(key, ADMIN);
    },
  ],
  ['pool and connection', ({ pools }) => pools.loginFacts(pool.id)],
  ['an attempt', ({ attempts }) => attempts.begin(subject())],
  ['an attempt that was right', ({ attempts }) => attempts.proven(subject())],
  ['a user by what they type', ({ users }) => users.find(pool.id, typed(7))],
  ['a user by the legacy id', ({ users }) => users.find(pool.id, { externalId: 7 })],
  ['nobody', ({ users }) => users.find(pool.id, typed(900_000))],
  ['a first login', ({ users }) => users.migrate(proven(900_001), { attempt: subject() })],
  ['a first login that came second', ({ users }) => users.migrate(proven(8))],
  ['what a login has to know', ({ users }) => users.beginLogin(subject())],
  ['what a login has to know of nobody', ({ users }) => users.beginLogin({ ...subject(), who: typed(900_000) })],
  ['an attempt that let somebody in', ({ attempts }) => attempts.loggedIn(subject(), false)],
  ['a run for the log history', ({ runs }) => runs.append(pool.id, [{ ...run(), requestId: '', details: {} }])],
  ['a page of runs', ({ runs }) => runs.list({ userPoolId: pool.id, until: new Date(0) }, page)],
  ['who is left behind', ({ progress }) => progress.leftBehind(pool.id, [7, 'x', 900_000])],
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

  it('and what is prepared is looked at without its values, too', () => {
    expect(prepared.size).toBeGreaterThanOrEqual(6);
  });
});
