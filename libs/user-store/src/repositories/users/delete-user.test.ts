import type { ExternalId, Identifier, Profile } from '@userferry/user-model';
import { describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, poolWithConnection, usePoolWithConnection, useTestStore } from '../../store-for-tests.ts';

let now = new Date('2026-11-24T12:00:00Z');
const { database, store } = useTestStore({ clock: () => now });
const pool = usePoolWithConnection(store);

const ADA: Identifier = { kind: 'email', value: 'Ada@example.com' };
const FIRST_PAGE = { size: 0, token: '' };
const migrate = (externalId: ExternalId, profile: Profile = { email: 'ada@example.com' }, typed: Identifier = ADA) =>
  store.users.migrate({ ...pool, externalId, profile, typed, credential: credentialOf('one') });
const migrated = async (externalId: ExternalId, profile?: Profile, typed?: Identifier) => {
  const result = await migrate(externalId, profile, typed);
  if (result.verdict !== 'migrated') throw new Error(result.verdict);
  return { userPoolId: pool.userPoolId, userId: result.user.userId };
};
const deleteLegacy = (externalId: ExternalId, profile: Profile = {}) =>
  store.users.deleteLegacy({ ...pool, externalId, profile }, ADMIN);
const register = (profile: Profile) => store.users.create({ userPoolId: pool.userPoolId, profile }, ADMIN);
const tombstones = async () => (await store.tombstones.list(pool.userPoolId, FIRST_PAGE)).items;
const lift = (tombstoneId: string) => store.tombstones.lift({ ...pool, tombstoneId }, ADMIN);
const count = async (table: string): Promise<number> =>
  (await database.query(`SELECT 1 FROM ${table} WHERE user_pool_id = $1`, [pool.userPoolId])).length;

describe('a user who was deleted', () => {
  it('is gone with everything, and comes back neither by a login nor by a registration', async () => {
    const who = await migrated(7, { email: 'ada@example.com', username: 'ada' });
    expect(await store.users.delete(who, ADMIN)).toEqual({ verdict: 'ok' });
    expect([await count('users'), await count('user_identifiers'), await count('external_ids')]).toEqual([0, 0, 0]);
    expect(await database.query('SELECT 1 FROM credentials WHERE user_id = $1', [who.userId])).toEqual([]);
    expect(await migrate(7, { email: 'other@example.com' }, { kind: 'email', value: 'other@example.com' })).toEqual({
      verdict: 'tombstoned',
    });
    expect(await migrate(8)).toEqual({ verdict: 'tombstoned' });
    expect(await register({ username: 'ada' })).toEqual({ verdict: 'tombstoned' });
    for (const selector of [ADA, { externalId: 7 }, { userId: who.userId }, { userId: who.userId.toUpperCase() }])
      expect(await store.users.find(pool.userPoolId, selector)).toEqual({ verdict: 'tombstoned' });
    expect(await store.users.find(pool.userPoolId, { externalId: '7' })).toEqual({ verdict: 'not_found' });
  });

  it('takes aliases along', async () => {
    const who = await migrated(7, {}, ADA);
    await store.users.addAlias({ ...pool, userId: who.userId, typed: { kind: 'username', value: 'ada' } });
    await store.users.delete(who, ADMIN);
    expect(await register({ username: 'ada' })).toEqual({ verdict: 'tombstoned' });
  });

  it('can be deleted again, and is deleted once', async () => {
    const who = await migrated(7);
    const verdicts = await Promise.all([1, 2, 3, 4].map(() => store.users.delete(who, ADMIN)));
    expect(verdicts.map(({ verdict }) => verdict).sort()).toEqual(['ok', 'tombstoned', 'tombstoned', 'tombstoned']);
    expect(await tombstones()).toHaveLength(1);
  });

  it('is told from one who never was, or is of another pool', async () => {
    const who = await migrated(7);
    const other = await poolWithConnection(store);
    for (const wrong of [
      { ...who, userPoolId: other.userPoolId },
      { ...who, userId: pool.connectionId },
      { ...who, userId: 'x' },
    ])
      expect(await store.users.delete(wrong, ADMIN)).toEqual({ verdict: 'not_found' });
    expect(await count('users')).toBe(1);
  });

  it('is never there again when a login and a deletion come at once', async () => {
    for (let round = 1; round <= 20; round++) {
      const typed: Identifier = { kind: 'email', value: `ada${round}@example.com` };
      const who = await migrated(round, {}, typed);
      const logins = () => [1, 2, 3].map(() => migrate(round, {}, typed));
      const [deleted, ...results] = await Promise.all([store.users.delete(who, ADMIN), ...logins()]);
      expect(deleted).toEqual({ verdict: 'ok' });
      for (const { verdict } of results) expect(['already_migrated', 'tombstoned']).toContain(verdict);
      expect(await count('users')).toBe(0);
    }
  });
});

describe('a user who was deleted before they migrated', () => {
  it('never migrates, by id or by any identifier, whatever the type of another’s id', async () => {
    expect(await deleteLegacy(7, { email: 'ada@example.com', username: 'ada' })).toEqual({ verdict: 'ok' });
    expect(await migrate(7, {}, { kind: 'username', value: 'x' })).toEqual({ verdict: 'tombstoned' });
    expect(await migrate(8, {}, ADA)).toEqual({ verdict: 'tombstoned' });
    expect((await migrate('7', {}, { kind: 'username', value: 'x' })).verdict).toBe('migrated');
    expect(await deleteLegacy(7)).toEqual({ verdict: 'tombstoned' });
  });

  it('takes nothing of a user here who has one of their identifiers', async () => {
    await register({ email: 'ada@example.com' });
    expect(await deleteLegacy(7, { email: 'ada@example.com', username: 'ada7' })).toEqual({ verdict: 'ok' });
    expect((await store.users.find(pool.userPoolId, ADA)).verdict).toBe('ok');
    expect((await tombstones()).map(({ externalId, identifiers }) => ({ externalId, identifiers }))).toEqual([
      { externalId: 7, identifiers: ['ada7'] },
    ]);
  });

  it('is deleted here, too, when they have migrated meanwhile', async () => {
    await migrated(7);
    expect(await deleteLegacy(7, { email: 'ada@example.com', phone: '+12025550143' })).toEqual({ verdict: 'ok' });
    expect(await count('users')).toBe(0);
    expect((await tombstones())[0]?.identifiers.toSorted()).toEqual(['+12025550143', 'ada@example.com']);
  });

  it('is deleted whoever is first when both come at once', async () => {
    for (let round = 1; round <= 20; round++) {
      const typed: Identifier = { kind: 'email', value: `ada${round}@example.com` };
      const both = [migrate(round, {}, typed), deleteLegacy(round), migrate(round, {}, typed)] as const;
      const [, deleted] = await Promise.all(both);
      expect(deleted).toEqual({ verdict: 'ok' });
      expect(await count('users')).toBe(0);
      expect(await migrate(round, {}, typed)).toEqual({ verdict: 'tombstoned' });
    }
  });
});

describe('a tombstone', () => {
  it('says who was deleted, when and by whom, the newest first, page by page', async () => {
    for (const id of [1, '2', 3]) {
      await deleteLegacy(id, { email: `u${id}@example.com` });
      now = new Date(now.getTime() + 1_000);
    }
    const first = await store.tombstones.list(pool.userPoolId, { size: 2, token: '' });
    const second = await store.tombstones.list(pool.userPoolId, { size: 2, token: first.nextPageToken });
    const items = [...first.items, ...second.items];
    expect(items.map(({ externalId }) => externalId)).toEqual([3, '2', 1]);
    expect(items[0]).toMatchObject({ deletedBy: 'key-1', identifiers: ['u3@example.com'] });
    expect(items[0]?.deletedAt.getTime()).toBe(now.getTime() - 1_000);
    expect(second.nextPageToken).toBe('');
  });

  it('that is lifted lets the user migrate or register again', async () => {
    await store.users.delete(await migrated(7), ADMIN);
    const [stone] = await tombstones();
    await lift(stone?.tombstoneId ?? '');
    expect(await tombstones()).toEqual([]);
    expect((await migrate(7)).verdict).toBe('migrated');
    await expect(lift(stone?.tombstoneId ?? '')).rejects.toMatchObject({ reason: 'TOMBSTONE_NOT_FOUND' });
  });

  it('keeps what another deletion left', async () => {
    await deleteLegacy(1, { email: 'ada@example.com' });
    await deleteLegacy(2, { email: 'ada@example.com' });
    const [second] = (await tombstones()).filter(({ externalId }) => externalId === 2);
    await lift(second?.tombstoneId ?? '');
    expect(await migrate(2, {}, { kind: 'username', value: 'x' })).toMatchObject({ verdict: 'migrated' });
    expect(await register({ email: 'ada@example.com' })).toEqual({ verdict: 'tombstoned' });
  });

  it('is lifted in its own pool alone', async () => {
    await deleteLegacy(1);
    const [stone] = await tombstones();
    const other = await poolWithConnection(store);
    for (const tombstoneId of [stone?.tombstoneId ?? '', 'no uuid'])
      await expect(store.tombstones.lift({ ...other, tombstoneId }, ADMIN)).rejects.toMatchObject({
        reason: 'TOMBSTONE_NOT_FOUND',
      });
    expect(await tombstones()).toHaveLength(1);
  });
});

describe('the audit', () => {
  it('has every deletion and every tombstone that was lifted, and no profile', async () => {
    const who = await migrated(7);
    await store.users.delete(who, ADMIN);
    await deleteLegacy(8, { email: 'eve@example.com' });
    for (const { tombstoneId } of await tombstones()) await lift(tombstoneId);
    const { items } = await store.audit.list(pool.userPoolId, FIRST_PAGE);
    const deletions = items.filter(({ action }) => action === 'IdentityService/DeleteUser');
    expect(deletions.map(({ target }) => target).sort()).toEqual(['legacy user', `user ${who.userId}`]);
    expect(items.filter(({ action }) => action === 'ConnectionService/LiftTombstone')).toHaveLength(2);
    expect(JSON.stringify(items)).not.toMatch(/example\.com/);
  });
});
