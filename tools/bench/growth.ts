import { randomBytes, randomInt } from 'node:crypto';
import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { FILLED, fillStore, migrateStore, openUserStore, type UserStore } from '@userferry/user-store';
import { bulkLoad } from './bulk-load.ts';
import type { Effort, Figures } from './compare-logins.ts';
import { threadCpuMs } from './process-cpu.ts';
import { quantile, rounded } from './statistics.ts';

/** What grows, from its first size on, each time doubled. */
type Axis = { readonly name: string; readonly sizes: readonly number[]; readonly grow: Grow };
type Grow = (bench: Bench, from: number, to: number) => Promise<void>;

/** What the store does for one login, with what its server and this process have spent on it. */
type Point = { readonly size: number; readonly call: string } & Spent;
/** `ratio`: of CPU to that of the same call on a store that stays small, in turn: a machine that drifts does not tell. */
type Spent = { readonly cpuMs: number; readonly ratio: number; readonly p50Ms: number };

type Bench = {
  readonly server: LocalPostgres;
  readonly database: string;
  readonly store: UserStore;
  readonly pool: { readonly id: string; readonly connection: string };
  users: number;
  newcomers: number;
  atATime: number;
};

const CREDENTIAL = { scheme: 'bcrypt-hmac-sha384', version: 1, pepperId: 'p1', cost: 12, hash: 'x'.repeat(60) };
/** Of one INSERT, so that nothing has to be kept for long. */
const PORTION = 200_000;

const LOADERS = 2;

const portionsOf = (from: number, to: number) =>
  Array.from({ length: Math.ceil((to - from) / PORTION) }, (_, n) => ({
    from: from + n * PORTION,
    to: Math.min(from + (n + 1) * PORTION, to),
  }));

/** From so many rows on, indexes are made behind them. */
const BULK = 500_000;
const USER_TABLES = ['users', 'user_identifiers', 'external_ids', 'credentials'];

const fill =
  (kind: Parameters<typeof fillStore>[1]): Grow =>
  async ({ server, database }, from, to) => {
    const run = (sql: string, values: unknown[] = []) =>
      // As a bulk load is done: what is made here fits together.
      server.query(`SET session_replication_role = replica; ${inlined(sql, values)}`, { database });
    const load = async () => {
      const left = portionsOf(from, to);
      const loader = async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) await fillStore(run, kind, next);
      };
      await Promise.all(Array.from({ length: LOADERS }, loader));
    };
    if (kind === 'users' && to - from >= BULK) await bulkLoad({ server, database }, USER_TABLES, load);
    else await load();
  };

/** Several statements at once take no values: these are numbers of our own. */
const inlined = (sql: string, values: readonly unknown[]): string =>
  values.reduce<string>((text, value, place) => text.replaceAll(`$${place + 1}::int`, String(Number(value))), sql);

const doublings = (first: number, last: number, times = 2): number[] =>
  first > last ? [] : [first, ...doublings(first * times, last, times)];

/** How many users the full form ends with, and whether nothing else grows: then in fewer steps, of which each is long. */
type Sizes = { readonly quick: boolean; readonly usersMax: number; readonly usersAlone: boolean };

const axesOf = (sizes: Sizes): readonly Axis[] =>
  allAxes(sizes).filter(({ name }) => !sizes.usersAlone || name === 'users');

const allAxes = ({ quick, usersMax, usersAlone }: Sizes): readonly Axis[] => [
  { name: 'script_versions', sizes: quick ? [10, 20] : doublings(125, 1_000), grow: fill('versions') },
  { name: 'connections', sizes: quick ? [10, 20] : doublings(1_250, 10_000), grow: fill('pools') },
  {
    name: 'past_logins',
    sizes: quick ? [1_000, 2_000] : doublings(62_500, 500_000),
    grow: fill('traces'),
  },
  {
    name: 'users',
    sizes: quick ? [1_000, 2_000] : doublings(usersMax / 16, usersMax, usersAlone ? 4 : 2),
    grow: async (bench, from, to) => {
      await fill('users')(bench, from, to);
      bench.users = to;
    },
  },
  {
    name: 'logins_at_a_time',
    sizes: quick ? [1, 2] : doublings(1, 16),
    grow: async (bench, _from, to) => {
      bench.atATime = to;
    },
  },
];

const typed = (n: number) => ({ kind: 'email' as const, value: FILLED.emailOf(n) });

/** Our store's part of a login that our own store answers. */
const secondLogin = async ({ store, pool, users }: Bench): Promise<void> => {
  const who = typed(randomInt(users));
  const subject = { userPoolId: pool.id, who, address: `192.0.2.${randomInt(250)}` };
  const { found } = await store.users.beginLogin(subject);
  if (found?.verdict !== 'ok') throw new Error(`a user who is there was ${found?.verdict}`);
  await store.attempts.loggedIn(subject, false);
};

/** Our store's part of a first login: nobody is found, somebody is stored. */
const firstLogin = async (bench: Bench): Promise<void> => {
  const { store, pool } = bench;
  bench.newcomers += 1;
  const externalId = `new ${bench.newcomers}`;
  const who = { kind: 'email' as const, value: `new${bench.newcomers}@example.com` };
  const subject = { userPoolId: pool.id, who, address: '' };
  await store.users.beginLogin(subject);
  const person = { userPoolId: pool.id, connectionId: pool.connection, externalId, profile: { email: who.value } };
  const { verdict } = await store.users.migrate(
    { ...person, typed: who, credential: CREDENTIAL },
    { attempt: subject },
  );
  if (verdict !== 'migrated') throw new Error(`a newcomer was ${verdict}`);
};

const history = async ({ store, pool }: Bench): Promise<void> => {
  const run = { runId: randomBytes(8).toString('hex'), endedAt: new Date(), action: 'login', outcome: 'completed' };
  const facts = { version: 1, test: false, requestId: 'r', details: { console: [] } };
  await store.scriptRuns.append(pool.id, [{ ...run, ...facts }]);
};

/** What an administrator asks of so many users: ms of one call each, when nobody else asks. */
const administrators = async ({ store, pool, users }: Bench): Promise<Figures> => {
  const listed = { userPoolId: pool.id, page: 1, limit: 50 };
  const calls = {
    first_page: () => store.users.list({ ...listed, keyword: '' }),
    search: () => store.users.list({ ...listed, keyword: `person${users - 1}` }),
    progress: () => store.progress.counts(pool.id),
  };
  const figures: [string, number][] = [];
  for (const [name, call] of Object.entries(calls)) {
    const started = performance.now();
    await call();
    figures.push([`administrator_${name}_ms`, rounded(performance.now() - started)]);
  }
  return Object.fromEntries(figures);
};

const CALLS = { second_login: secondLogin, first_login: firstLogin, history } as const;

/** So often the two stores take turns at each point. */
const TURNS = 10;

type Call = (bench: Bench) => Promise<void>;
type Stores = { readonly grown: Bench; readonly small: Bench };

const measured = async ({ grown, small }: Stores, call: Call, count: number): Promise<Spent> => {
  const both = [begun(grown, call), begun(small, call)] as const;
  for (const each of both) await each.take(Math.ceil(count / 10));
  for (const each of both) each.forget();
  for (let turn = 0; turn < TURNS; turn += 1) for (const each of both) await each.take(Math.ceil(count / TURNS));
  const [ofGrown, ofSmall] = both.map((each) => each.cpuMs()) as [number, number];
  return { cpuMs: ofGrown, ratio: ofGrown / ofSmall, p50Ms: quantile(both[0].times, 0.5) };
};

/** A call that is made again and again, with what its calls have taken so far. */
const begun = (bench: Bench, call: Call) => {
  const times: number[] = [];
  let spentMs = 0;
  const worker = async (share: number) => {
    for (let n = 0; n < share; n += 1) {
      const started = performance.now();
      await call(bench);
      times.push(performance.now() - started);
    }
  };
  const take = async (count: number): Promise<void> => {
    // In this order, so that looking is no part of what is seen.
    const serverBefore = serverCpuMs(bench);
    const ownBefore = ownCpuMs();
    await Promise.all(Array.from({ length: bench.atATime }, () => worker(Math.ceil(count / bench.atATime))));
    spentMs += ownCpuMs() - ownBefore;
    spentMs += serverCpuMs(bench) - serverBefore;
  };
  const forget = (): void => {
    times.length = 0;
    spentMs = 0;
  };
  return { take, forget, times, cpuMs: () => spentMs / times.length };
};

const serverCpuMs = ({ server }: Bench): number =>
  [...threadCpuMs(server.pid).values()].reduce((sum, ms) => sum + ms, 0);

const ownCpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const openServer = async (stack: AsyncDisposableStack): Promise<LocalPostgres> => {
  const settings = { shared_buffers: '1GB', max_wal_size: '16GB', autovacuum_naptime: '10min', max_connections: '60' };
  const server = await startPostgres({ settings });
  stack.defer(() => server.stop());
  return server;
};

/** A store with what every one has at first. */
const open = async (server: LocalPostgres, database: string, stack: AsyncDisposableStack): Promise<Bench> => {
  const databaseUrl = await server.createDatabase(database, { owner: database });
  const limits = { databaseUrl, connectTimeoutMs: 10_000, statementTimeoutMs: 60_000, poolSize: 20 };
  await migrateStore(limits);
  const keyRing = { currentKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) };
  const store = stack.use(await openUserStore({ ...limits, keyRing }));
  const [pool] = await server.query<Bench['pool']>(FILLED.poolIdSql, { database });
  if (pool === undefined) throw new Error('there is no pool to log in to');
  const bench = { server, database, store, pool, users: FIRST.users, newcomers: 0, atATime: 1 };
  await fill('pools')(bench, 0, FIRST.pools);
  await fill('users')(bench, 0, FIRST.users);
  return bench;
};

const FIRST = { pools: 10, users: 1_000 };

/**
 * What our store spends on a login while its tables grow: CPU time of its server and of this process, for a second login,
 * a first one, and a run for the log history. For each thing that grows, the largest size ÷ the smallest, each ÷ a store
 * that stays small, and every point for its chart.
 */
export const growth = async (
  { pairs }: Effort,
  { usersMax, usersAlone = false }: { readonly usersMax: number; readonly usersAlone?: boolean },
): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const server = await openServer(stack);
  const stores = { grown: await open(server, 'grown', stack), small: await open(server, 'small', stack) };
  const quick = pairs < 50;
  await warmUp(stores.small, quick ? 20 : WARM_UP);
  const figures: Record<string, number> = {};
  for (const axis of axesOf({ quick, usersMax, usersAlone })) {
    const points = await along(stores, axis, quick ? 20 : CALLS_OF_EACH);
    Object.assign(figures, figuresOf(axis, points));
  }
  return { ...figures, ...(await administrators(stores.grown)) };
};

/** At each point, in turn with as many on the store that stays small. With a quarter of them the ratio of two says little. */
const CALLS_OF_EACH = 1_200;

/** Until what runs again and again is compiled. */
const WARM_UP = 1_000;

const warmUp = async (bench: Bench, count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) for (const call of Object.values(CALLS)) await call(bench);
};

const startOf = ({ name }: Axis, { users }: Bench): number => {
  if (name === 'users') return users;
  if (name === 'connections') return FIRST.pools;
  return name === 'script_versions' ? 2 : 0;
};

const along = async (stores: Stores, axis: Axis, count: number): Promise<readonly Point[]> => {
  const points: Point[] = [];
  let from = startOf(axis, stores.grown);
  for (const size of axis.sizes) {
    if (size > from) await axis.grow(stores.grown, from, size);
    from = size;
    // Nothing does by itself while this runs: a plan that was made for a table that was empty would stay.
    for (const { server, database } of Object.values(stores)) await server.query('VACUUM ANALYZE', { database });
    for (const [call, run] of Object.entries(CALLS)) {
      const spent = await measured(stores, run, count);
      points.push({ size, call, ...spent });
      const { cpuMs, ratio, p50Ms } = spent;
      const said = `${cpuMs.toFixed(2)} ms CPU (${ratio.toFixed(2)} of a small store's), ${p50Ms.toFixed(2)} ms`;
      console.log(`  ${axis.name} ${size} ${call}: ${said}`);
    }
  }
  return points;
};

const figuresOf = ({ name }: Axis, points: readonly Point[]): Figures => ({
  ...Object.fromEntries(points.map(({ size, call, cpuMs }) => [`${name}_${size}_${call}_cpu_ms`, rounded(cpuMs)])),
  ...Object.fromEntries(
    Object.keys(CALLS).flatMap((call) => {
      const own = points.filter((point) => point.call === call);
      const [first, last] = [own[0], own.at(-1)];
      if (first === undefined || last === undefined) return [];
      return [
        [`${name}_${call}_cpu_ms`, rounded(last.cpuMs)],
        [`${name}_${call}_cpu_ratio`, rounded(last.ratio / first.ratio)],
      ];
    }),
  ),
});
