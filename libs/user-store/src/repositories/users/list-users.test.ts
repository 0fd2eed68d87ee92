import { beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, poolWithConnection, useTestStore } from '../../store-for-tests.ts';
import type { UserQuery } from './list-users.ts';

let now = new Date('2026-11-24T12:00:00Z');
const { database, store } = useTestStore({ clock: () => now });
let userPoolId: string;
beforeAll(async () => {
  const pool = await poolWithConnection(store);
  userPoolId = pool.userPoolId;
  const people = [
    { username: 'ada', nickname: 'The Countess' },
    { email: 'Grace@navy.example', givenName: 'Grace' },
    { username: '100%_sure', phone: '+1 202 555 0143' },
  ];
  for (const profile of people) {
    await store.users.create({ userPoolId, profile }, ADMIN);
    now = new Date(now.getTime() + 1_000);
  }
  const typed = { kind: 'email', value: 'old@navy.example' } as const;
  const profile = { email: 'alan@park.example', name: 'Alan' };
  await store.users.migrate({ ...pool, externalId: 7, profile, typed, credential: credentialOf('one') });
  await store.users.create(
    { userPoolId: (await poolWithConnection(store)).userPoolId, profile: { username: 'ada' } },
    ADMIN,
  );
});

const list = (query: Partial<UserQuery> = {}) =>
  store.users.list({ userPoolId, keyword: '', page: 1, limit: 10, ...query });
const names = async (query: Partial<UserQuery> = {}) =>
  (await list(query)).users.map(({ profile }) => profile.username ?? profile.email);

describe('the list of users', () => {
  it('has everybody of the pool, the oldest first, with where they stand', async () => {
    const { users, totalCount } = await list();
    expect(totalCount).toBe(4);
    expect(users.map(({ migrationState }) => migrationState)).toEqual(['local', 'local', 'local', 'migrated']);
    expect(users[3]).toMatchObject({ externalId: 7, profile: { email: 'alan@park.example' } });
    expect(JSON.stringify(users)).not.toContain('"hash"');
  });

  it('comes page by page; a page behind the last is empty and knows the total', async () => {
    expect(await names({ limit: 3 })).toEqual(['ada', 'Grace@navy.example', '100%_sure']);
    expect(await names({ limit: 3, page: 2 })).toEqual(['alan@park.example']);
    expect(await list({ limit: 3, page: 2_147_483_647 })).toEqual({ users: [], totalCount: 4 });
  });

  it('can be of one state', async () => {
    expect(await names({ migrationState: 'migrated' })).toEqual(['alan@park.example']);
    expect((await list({ migrationState: 'local' })).totalCount).toBe(3);
  });

  it.each([
    ['ADA', ['ada']],
    ['countess', ['ada']],
    ['grace', ['Grace@navy.example']],
    ['navy.example', ['Grace@navy.example', 'alan@park.example']],
    ['12025550143', ['100%_sure']],
    ['555 0143', ['100%_sure']],
    ['%', ['100%_sure']],
    ['_', ['100%_sure']],
    ['\\', []],
    ["' OR 1=1 --", []],
  ])('holds for the keyword %j whoever has it in an identifier or a name', async (keyword, expected) => {
    expect(await names({ keyword })).toEqual(expected);
  });

  it('ends a search before a message of 4 MiB is full, and tells by the total that there are more', async () => {
    const { userPoolId } = await poolWithConnection(store);
    const customData = { text: '\u4e16'.repeat(20_000) };
    for (let n = 0; n < 60; n += 1) {
      const profile = { username: `big ${n}`, customData };
      await store.users.create({ userPoolId, profile }, ADMIN);
    }
    const { users, totalCount } = await list({ userPoolId, keyword: 'big', limit: 200 });
    expect(Buffer.byteLength(JSON.stringify(users))).toBeLessThan(4 * 1024 * 1024);
    expect([users.length, totalCount]).toEqual([52, 60]);
    // Pages that are counted would leave out whoever does not fit.
    expect((await list({ userPoolId, limit: 200 })).users).toHaveLength(60);
  });

  it('counts whoever has the keyword in several places once, on every page and of one state', async () => {
    const keyword = 'example';
    expect(await list({ keyword, limit: 1 })).toMatchObject({
      users: [{ profile: { givenName: 'Grace' } }],
      totalCount: 2,
    });
    expect(await list({ keyword: 'GRACE' })).toMatchObject({ users: [{}], totalCount: 1 });
    expect(await names({ keyword, limit: 1, page: 2 })).toEqual(['alan@park.example']);
    expect(await list({ keyword, limit: 1, page: 3 })).toEqual({ users: [], totalCount: 2 });
    expect(await list({ keyword, migrationState: 'migrated' })).toMatchObject({
      users: [{ externalId: 7 }],
      totalCount: 1,
    });
    expect(await list({ keyword: 'nobody' })).toEqual({ users: [], totalCount: 0 });
  });
});

describe('a list that takes longer than a statement may', () => {
  it('says so, as nothing that is repeated at once, and the store is no outage for it', async () => {
    const hold = await database.hold('users');
    await expect(list({ keyword: 'ada' })).rejects.toMatchObject({
      reason: 'LIST_TOO_SLOW',
      code: 'DEADLINE_EXCEEDED',
    });
    await hold.release();
    expect(await names({ keyword: 'ada' })).toEqual(['ada']);
  });
});
