import { afterEach, expect, it } from 'vitest';
import { ADMIN, credentialOf, poolWithConnection, useTestStore } from './store-for-tests.ts';
import type { StoreCall } from './watch-calls.ts';

const seen: StoreCall[] = [];
const { store } = useTestStore({
  around: (call, work) => {
    seen.push(call);
    return work();
  },
});
afterEach(() => void seen.splice(0));

it('whoever watches is told of every call by its name, and changes neither answer nor error', async () => {
  const { userPoolId } = await poolWithConnection(store);
  const found = await store.users.find(userPoolId, { kind: 'email', value: 'nobody@example.com' });
  expect(found.verdict).toBe('not_found');
  await expect(store.pools.get('5b3a3c35-7a61-4a07-9f43-0d1a0a7b7f42')).rejects.toMatchObject({
    reason: 'USER_POOL_NOT_FOUND',
  });
  expect(seen).toEqual([
    { repository: 'pools', call: 'create' },
    { repository: 'connections', call: 'save' },
    { repository: 'users', call: 'find' },
    { repository: 'pools', call: 'get' },
  ]);
});

it('totals count over all user pools who is here, who is buried, and what waits for an administrator', async () => {
  const before = await store.totals();
  const pools = [await poolWithConnection(store), await poolWithConnection(store)] as const;
  const migrate = (at: 0 | 1, externalId: number, username: string) => {
    const typed = { kind: 'username', value: username } as const;
    const proven = { ...pools[at], externalId, profile: { username }, typed, credential: credentialOf('one') };
    return store.users.migrate(proven);
  };
  await migrate(0, 1, 'ann');
  await migrate(1, 1, 'ann');
  const bob = await migrate(1, 2, 'bob');
  expect(await migrate(1, 3, 'ann')).toMatchObject({ verdict: 'conflict' });
  const userId = 'user' in bob ? bob.user.userId : '';
  await store.users.delete({ userPoolId: pools[1].userPoolId, userId }, ADMIN);
  const after = await store.totals();
  const grown = (key: keyof typeof after) => after[key] - before[key];
  expect([grown('migrated'), grown('local'), grown('tombstones'), grown('unresolvedConflicts')]).toEqual([2, 0, 1, 1]);
});

it('says what is made of the connections to the database', async () => {
  const many = Promise.all(Array.from({ length: 12 }, () => store.ping()));
  await expect.poll(() => store.poolUse().idle + store.poolUse().busy).toBeGreaterThan(0);
  await many;
  await expect.poll(() => store.poolUse()).toMatchObject({ busy: 0, waiting: 0 });
});
