import { type TestDatabase, testDatabase } from '@userferry/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Deed,
  doDeed,
  externalText,
  LEGACY_USERS,
  type Place,
  type Result,
  untilAnswered,
} from './life-for-tests.ts';
import type { UserStore } from './open-user-store.ts';
import { openStoreForTests, poolWithConnection, randomRing } from './store-for-tests.ts';

let database: TestDatabase;
let replicas: readonly [UserStore, UserStore];
beforeAll(async () => {
  database = await testDatabase();
  const keyRing = randomRing('k1');
  const open = () => openStoreForTests(database.url, { keyRing, poolSize: 6 });
  replicas = [await open(), await open()];
});
afterAll(async () => {
  for (const replica of replicas) await replica[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const place8 = fc.nat({ max: 7 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('migrate' as const), who: fc.nat({ max: 3 }), typed: fc.nat({ max: 2 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('register' as const), who: place8, to: place8 }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('delete', 'rename' as const), who: place8, to: place8 }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('delete_legacy', 'lift' as const), who: fc.nat({ max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set_password' as const), who: place8, checked: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('resolve' as const),
      who: place8,
      how: fc.constantFrom('same_person', 'give_to_legacy', 'keep_local' as const),
    }),
  },
);
/** Deeds that are done at once; with a crash, every connection breaks that many milliseconds after they began. */
const round = fc.record({
  deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
  crashAfterMs: fc.option(fc.nat({ max: 12 }), { freq: 3 }),
});

type Row = {
  readonly id: string;
  readonly password: string | null;
  readonly nickname: string;
  readonly externals: readonly string[];
  readonly identifiers: readonly string[];
};

const usersOf = ({ userPoolId }: Place): Promise<Row[]> =>
  database.query(
    `SELECT u.id, c.hash AS password, u.profile ->> 'nickname' AS nickname,
       ARRAY(SELECT id_type || ' ' || id_text FROM external_ids e WHERE e.user_id = u.id) AS externals,
       ARRAY(SELECT kind || ' ' || normalised FROM user_identifiers i WHERE i.user_id = u.id) AS identifiers
     FROM users u LEFT JOIN credentials c ON c.user_id = u.id WHERE u.user_pool_id = $1`,
    [userPoolId],
  );

const buriedIn = async ({ userPoolId }: Place): Promise<Set<string>> => {
  const rows = await database.query<{ key: string }>(
    `SELECT replace(kind, 'external_id_', '') || ' ' || value AS key FROM tombstones WHERE user_pool_id = $1`,
    [userPoolId],
  );
  return new Set(rows.map(({ key }) => key));
};

/** Every connection breaks, at whatever statement it is. */
const breakConnections = () =>
  database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'userferry-migration-service'`);

type Known = { readonly passwords: ReadonlySet<string>; readonly externals: readonly string[] };
/** Who has to be here, by what the answers said, and which passwords may be theirs. */
type Model = { readonly users: Map<string, Known>; readonly tied: Set<string> };

const pick = <K extends keyof Result>(results: readonly Result[], name: K) =>
  results.flatMap((result) => (result[name] === undefined ? [] : [result[name] as NonNullable<Result[K]>]));

const passwordsAfter = (userId: string, before: ReadonlySet<string>, results: readonly Result[]): Set<string> => {
  const set = pick(results, 'password').filter((one) => one.userId === userId);
  const values = set.map(({ value }) => value);
  // Of several at once any may be the last; the one before is over as soon as one is certain.
  return new Set(set.some(({ certain }) => certain) ? values : [...before, ...values]);
};

const check = async (place: Place, { users, tied }: Model, results: readonly Result[]): Promise<void> => {
  const [rows, buried] = [await usersOf(place), await buriedIn(place)];
  const here = new Map(rows.map((row) => [row.id, row]));
  for (const { userId, password, external } of pick(results, 'came'))
    users.set(userId, { passwords: new Set([password]), externals: external === undefined ? [] : [external] });
  const went = new Set(pick(results, 'went'));
  const byExternal = new Set(pick(results, 'wentByExternal'));
  const tiedNow = pick(results, 'tied');
  for (const one of tiedNow) tied.add(one);

  for (const [userId, { externals }] of [...users]) {
    const mayBeGone =
      went.has(userId) || externals.some((id) => byExternal.has(id)) || tiedNow.some((id) => byExternal.has(id));
    if (here.has(userId)) expect(went, 'a deleted user is here').not.toContain(userId);
    else expect(mayBeGone, 'a user is lost').toBe(true);
    if (!here.has(userId)) users.delete(userId);
  }
  for (const row of rows) {
    const crashed = pick(results, 'crashed').find(({ nickname }) => nickname === row.nickname);
    if (!users.has(row.id)) expect(crashed, 'a user came out of nowhere').toBeDefined();
    const before = users.get(row.id)?.passwords ?? new Set([crashed?.password ?? '']);
    const passwords = passwordsAfter(row.id, before, results);
    expect(passwords, 'a wrong password is stored').toContain(row.password);
    users.set(row.id, { passwords: new Set([row.password ?? '']), externals: row.externals });
    expect(row.identifiers, 'a user cannot log in by anything').not.toEqual([]);
    for (const key of [...row.identifiers, ...row.externals])
      expect(buried, 'a deleted user is back').not.toContain(key);
    for (const { externalId, profile } of LEGACY_USERS)
      if (row.externals.includes(externalText(externalId)) && !tied.has(externalText(externalId)))
        expect(row.nickname, 'two people were merged').toBe(profile.nickname);
  }
  const keys = rows.flatMap(({ identifiers, externals }) => [...identifiers, ...externals]);
  expect(new Set(keys).size, 'two users have one name or legacy id').toBe(keys.length);
};

const live = async (rounds: readonly { deeds: readonly Deed[]; crashAfterMs: number | null }[]): Promise<void> => {
  // The life before may have ended with a crash, of which a pooler's connections learn only when they are used.
  const { answer } = await untilAnswered(() => poolWithConnection(replicas[0]));
  const place = { ...answer, database };
  const model: Model = { users: new Map(), tied: new Set() };
  for (const { deeds, crashAfterMs } of rounds) {
    const doing = deeds.map((one, turn) => doDeed(replicas[turn % 2 ? 1 : 0], place, one));
    if (crashAfterMs !== null) {
      await new Promise((resolve) => setTimeout(resolve, crashAfterMs));
      await breakConnections();
    }
    await check(place, model, await Promise.all(doing));
  }
};

it('whatever happens at once, crashes and is repeated: nobody is doubled, lost, merged, brought back or given a wrong password', async () => {
  await fc.assert(fc.asyncProperty(fc.array(round, { minLength: 4, maxLength: 10 }), live), {
    numRuns: 12,
    endOnFailure: true,
  });
}, 300_000);
