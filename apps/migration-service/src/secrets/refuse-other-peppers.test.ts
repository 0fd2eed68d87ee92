import { type TestDatabase, testDatabase } from '@userferry/testing';
import { migrateStore, openUserStore, type UserStore } from '@userferry/user-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomRing } from '../service-for-tests.ts';
import { refuseOtherPeppers } from './refuse-other-peppers.ts';

const stack = new AsyncDisposableStack();
let database: TestDatabase;
let store: UserStore;
beforeAll(async () => {
  database = stack.use(await testDatabase());
  const options = { databaseUrl: database.url, poolSize: 2, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000 };
  await migrateStore(options);
  const { currentId: currentKeyId, secrets: keys } = randomRing('k1');
  store = stack.use(await openUserStore({ ...options, keyRing: { currentKeyId, keys } }));
});
afterAll(() => stack.disposeAsync());

it('another pepper under the id of one that was given before is refused by its id, and the right one goes on', async () => {
  const right = randomRing('p1', 'p2');
  const wrong = { secrets: new Map([...right.secrets, ...randomRing('p2').secrets]) };
  await refuseOtherPeppers(store, right);
  const refused: Error = await refuseOtherPeppers(store, wrong).then(
    () => expect.unreachable(),
    (error) => error,
  );
  expect(refused.message).toMatch(/^not the pepper that our store knows under its id: "p2"\. /);
  await refuseOtherPeppers(store, right);
  await refuseOtherPeppers(store, { secrets: new Map([...right.secrets, ...randomRing('p3').secrets]) });
  const hidden = [...right.secrets.values(), ...wrong.secrets.values()];
  const dump = await database.dump();
  for (const secret of hidden)
    for (const form of ['hex', 'base64', 'base64url'] as const)
      expect(`${refused.stack} ${dump}`).not.toContain(secret.toString(form));
});

it('two ids with one pepper are not seen to have the same', async () => {
  const secret = Buffer.alloc(32, 7);
  await refuseOtherPeppers(store, {
    secrets: new Map([
      ['a', secret],
      ['b', secret],
    ]),
  });
  const sql = "SELECT count(DISTINCT check_value)::int AS n FROM pepper_checks WHERE pepper_id IN ('a', 'b')";
  expect(await database.query(sql)).toEqual([{ n: 2 }]);
});
