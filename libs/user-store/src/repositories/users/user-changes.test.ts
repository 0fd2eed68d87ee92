import { UNTIL_SOMEBODY_WAITS } from '@userferry/testing';
import type { Identifier, Profile } from '@userferry/user-model';
import { describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, poolWithConnection, usePoolWithConnection, useTestStore } from '../../store-for-tests.ts';

const { database, store } = useTestStore();
const pool = usePoolWithConnection(store);

const email = (value: string): Identifier => ({ kind: 'email', value });
const username = (value: string): Identifier => ({ kind: 'username', value });
const create = (profile: Profile, password = 'one') =>
  store.users.create({ userPoolId: pool.userPoolId, profile, credential: credentialOf(password) }, ADMIN);
const created = async (profile: Profile) => {
  const result = await create(profile);
  if (result.verdict !== 'ok') throw new Error(result.verdict);
  return { userPoolId: pool.userPoolId, userId: result.user.userId };
};
const find = (identifier: Identifier) => store.users.find(pool.userPoolId, identifier);
const update = (who: { userPoolId: string; userId: string }, set: Profile, clear: readonly 'email'[] = []) =>
  store.users.update({ ...who, set, clear }, ADMIN);
const count = async (table: string): Promise<number> =>
  (await database.query(`SELECT 1 FROM ${table} WHERE user_pool_id = $1`, [pool.userPoolId])).length;
const customUserStore = async () => {
  await store.connections.save({ ...pool, mode: 'custom_user_store', egress: [], ...ADMIN });
  await store.connections.setEnabled({ ...pool, enabled: true, ...ADMIN });
};

describe('a user who is created here', () => {
  it('is local, has no legacy id, and is found by every identifier', async () => {
    const profile = { email: 'Ada@Example.com', username: 'ada', phone: '+1 202 555 0143', nickname: 'A' };
    const result = await create(profile);
    expect(result).toMatchObject({ verdict: 'ok', user: { profile, migrationState: 'local' } });
    for (const identifier of [
      email('ADA@example.com'),
      username('ada'),
      { kind: 'phone', value: '+12025550143' } as const,
    ])
      expect(await find(identifier)).toMatchObject({ ...result, credential: credentialOf('one') });
    expect(await find(username('ADA'))).toEqual({ verdict: 'not_found' });
  });

  it('may have no password yet', async () => {
    const { userPoolId } = pool;
    await store.users.create({ userPoolId, profile: { email: 'a@example.com' } }, ADMIN);
    expect(await find(email('a@example.com'))).not.toHaveProperty('credential');
  });

  it('is one when registered many times at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, () => create({ email: 'a@example.com', username: 'a' })),
    );
    expect(results.map(({ verdict }) => verdict).sort()).toEqual([...Array(7).fill('exists'), 'ok']);
    expect([await count('users'), await count('user_identifiers')]).toEqual([1, 2]);
  });

  it('is refused where an identifier is taken, and nothing is stored', async () => {
    await create({ email: 'a@example.com' });
    expect(await create({ email: 'A@EXAMPLE.COM', username: 'other' })).toEqual({ verdict: 'exists' });
    expect([await count('users'), await count('user_identifiers')]).toEqual([1, 1]);
  });

  it('needs an identifier', async () => {
    await expect(create({ nickname: 'A' })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('is nobody of another pool', async () => {
    await create({ email: 'a@example.com' });
    const other = await poolWithConnection(store);
    expect(await store.users.find(other.userPoolId, email('a@example.com'))).toEqual({ verdict: 'not_found' });
    expect((await store.users.create({ ...other, profile: { email: 'a@example.com' } }, ADMIN)).verdict).toBe('ok');
  });
});

describe('a change of a user', () => {
  it('sets what is given, clears what is named and leaves the rest', async () => {
    const who = await created({ email: 'a@example.com', username: 'a', nickname: 'A', customData: { x: 1 } });
    const result = await store.users.update(
      { ...who, set: { name: 'Ada', customData: {} }, clear: ['nickname'] },
      ADMIN,
    );
    const profile = { email: 'a@example.com', username: 'a', name: 'Ada', customData: {} };
    expect(result).toMatchObject({ verdict: 'ok' });
    expect(result.verdict === 'ok' && result.user.profile).toEqual(profile);
  });

  it('frees an identifier that is replaced or cleared', async () => {
    const who = await created({ email: 'a@example.com', username: 'a' });
    await update(who, { username: 'b' }, ['email']);
    expect(await find(username('b'))).toMatchObject({ verdict: 'ok', user: { profile: { username: 'b' } } });
    for (const old of [username('a'), email('a@example.com')])
      expect(await find(old)).toEqual({ verdict: 'not_found' });
    expect((await create({ email: 'a@example.com', username: 'a' })).verdict).toBe('ok');
  });

  it('of an e-mail or phone ends what was said of the one before: that it was verified', async () => {
    const verified = { email: 'a@example.com', emailVerified: true, phone: '+1 202 555 0143', phoneVerified: true };
    const changed = async (set: Profile, clear: readonly 'email'[] = []) => {
      const who = await created({ ...verified, username: 'a' });
      const result = await update(who, set, clear);
      await store.users.delete(who, ADMIN);
      for (const { tombstoneId } of (await store.tombstones.list(pool.userPoolId, { size: 0, token: '' })).items)
        await store.tombstones.lift({ ...pool, tombstoneId }, ADMIN);
      const { emailVerified, phoneVerified } = result.verdict === 'ok' ? result.user.profile : {};
      return [emailVerified, phoneVerified];
    };
    expect(await changed({ email: 'b@example.com' })).toEqual([undefined, true]);
    expect(await changed({ phone: '+1 202 555 0144' })).toEqual([true, undefined]);
    expect(await changed({}, ['email'])).toEqual([undefined, true]);
    expect(await changed({ email: 'b@example.com', emailVerified: true })).toEqual([true, true]);
    expect(await changed({ email: 'A@example.com', phone: '+12025550143', name: 'Ada' })).toEqual([true, true]);
  });

  it('may change the case of an e-mail', async () => {
    const who = await created({ email: 'a@example.com' });
    expect(await update(who, { email: 'A@example.com' })).toMatchObject({
      user: { profile: { email: 'A@example.com' } },
    });
  });

  it('does not take the identifier of somebody else, or of somebody who was deleted', async () => {
    await created({ email: 'taken@example.com' });
    await store.users.delete(await created({ email: 'gone@example.com' }), ADMIN);
    const who = await created({ email: 'a@example.com' });
    expect(await update(who, { email: 'TAKEN@example.com', name: 'x' })).toEqual({ verdict: 'exists' });
    expect(await update(who, { email: 'gone@example.com', name: 'x' })).toEqual({ verdict: 'tombstoned' });
    const found = await find(email('a@example.com'));
    expect(found.verdict === 'ok' && found.user.profile).toEqual({ email: 'a@example.com' });
  });

  it('leaves at least one identifier', async () => {
    const who = await created({ email: 'a@example.com' });
    await expect(update(who, {}, ['email'])).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
    expect((await find(email('a@example.com'))).verdict).toBe('ok');
  });

  it('gives an identifier that two want at once to one of them', async () => {
    const people = await Promise.all(['a', 'b', 'c', 'd'].map((name) => created({ username: name })));
    const results = await Promise.all(people.map((who) => update(who, { email: 'wanted@example.com' })));
    expect(results.map(({ verdict }) => verdict).sort()).toEqual(['exists', 'exists', 'exists', 'ok']);
    expect(await count('user_identifiers')).toBe(5);
  });

  it('of nobody, or of a user of another pool, changes nothing', async () => {
    const who = await created({ email: 'a@example.com' });
    const { userPoolId } = await poolWithConnection(store);
    for (const wrong of [
      { ...who, userPoolId },
      { ...who, userId: 'no uuid' },
    ])
      expect(await update(wrong, { name: 'x' })).toEqual({ verdict: 'not_found' });
  });

  it('of a user who was deleted since they were found says so', async () => {
    const who = await created({ email: 'a@example.com' });
    await store.users.delete(who, ADMIN);
    expect(await update(who, { name: 'x' })).toEqual({ verdict: 'tombstoned' });
  });
});

describe('a new password', () => {
  const set = (who: { userPoolId: string; userId: string }, password: string, replaces?: string) =>
    store.users.setPassword(
      { ...who, credential: credentialOf(password), replaces },
      { ...ADMIN, action: 'IdentityService/ChangePassword' },
    );
  const passwordOf = async () => {
    const found = await find(email('a@example.com'));
    return found.verdict === 'ok' && found.credential?.hash;
  };

  it('replaces the one that was checked, or any where none was asked for', async () => {
    const who = await created({ email: 'a@example.com' });
    expect((await set(who, 'two', 'one')).verdict).toBe('ok');
    expect((await set(who, 'three')).verdict).toBe('ok');
    expect(await passwordOf()).toBe('three');
  });

  it('does not replace one that was changed since it was checked', async () => {
    const who = await created({ email: 'a@example.com' });
    const results = await Promise.allSettled(['two', 'three', 'four'].map((next) => set(who, next, 'one')));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(set(who, 'five', 'one')).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
  });

  it('of a user who was deleted since they were found says so', async () => {
    const who = await created({ email: 'a@example.com' });
    await store.users.delete(who, ADMIN);
    expect(await set(who, 'two')).toEqual({ verdict: 'tombstoned' });
  });

  it('is not chosen by a user who was locked since their old one was checked', async () => {
    const who = await created({ email: 'a@example.com' });
    await update(who, { blocked: true });
    expect(await set(who, 'two', 'one')).toEqual({ verdict: 'locked' });
    expect(await passwordOf()).toBe('one');
    expect((await set(who, 'three')).verdict).toBe('ok');
  });

  it('is a user’s first where there was none', async () => {
    const { userPoolId } = pool;
    const result = await store.users.create({ userPoolId, profile: { email: 'a@example.com' } }, ADMIN);
    if (result.verdict !== 'ok') throw new Error(result.verdict);
    await set({ userPoolId, userId: result.user.userId }, 'first');
    expect(await passwordOf()).toBe('first');
  });
});

describe('what a migrated user typed', () => {
  const migrate = (typed: Identifier) =>
    store.users.migrate({
      ...pool,
      externalId: 7,
      profile: { email: 'a@example.com' },
      typed,
      credential: credentialOf('one'),
    });

  it('lets them log in here later on, but does not show in the profile', async () => {
    const result = await migrate(email('old@example.com'));
    expect(result).toMatchObject({ user: { profile: { email: 'a@example.com' } } });
    expect(await find(email('OLD@example.com'))).toMatchObject({
      verdict: 'ok',
      user: { profile: { email: 'a@example.com' } },
    });
  });

  it('is added as an alias, unless somebody has it or had it before a deletion', async () => {
    const result = await migrate(email('a@example.com'));
    const userId = 'user' in result ? result.user.userId : '';
    await create({ username: 'taken' });
    await store.users.delete(await created({ username: 'gone' }), ADMIN);
    for (const name of ['taken', 'gone', 'ada', 'ada'])
      await store.users.addAlias({ ...pool, userId, typed: username(name) });
    expect(await find(username('ada'))).toMatchObject({
      verdict: 'ok',
      user: { userId, profile: { email: 'a@example.com' } },
    });
    expect(await find(username('taken'))).not.toMatchObject({ user: { userId } });
    expect(await find(username('gone'))).toEqual({ verdict: 'tombstoned' });
  });

  it('is no part of the profile: what was cleared here does not come back by a login', async () => {
    const result = await migrate(email('a@example.com'));
    const userId = 'user' in result ? result.user.userId : '';
    await update({ userPoolId: pool.userPoolId, userId }, { username: 'ada' }, ['email']);
    await store.users.addAlias({ ...pool, userId, typed: email('a@example.com') });
    const found = await find(email('a@example.com'));
    expect(found.verdict === 'ok' && found.user.profile).toEqual({ username: 'ada' });
  });

  it('is kept twenty times at the most', async () => {
    const result = await migrate(email('a@example.com'));
    const userId = 'user' in result ? result.user.userId : '';
    for (let turn = 0; turn < 25; turn++)
      await store.users.addAlias({ ...pool, userId, typed: username(`ada${turn}`) });
    expect(await count('user_identifiers')).toBe(20);
  });
});

describe('while the connection is a custom user store that is switched on', () => {
  it('nothing about a user is written, whoever asks for it', async () => {
    const who = await created({ email: 'a@example.com' });
    await customUserStore();
    const before = await database.dump();
    const nothing = { verdict: 'custom_user_store' };
    expect(await create({ email: 'b@example.com' })).toEqual(nothing);
    expect(await update(who, { name: 'Ada' })).toEqual(nothing);
    expect(
      await store.users.setPassword(
        { ...who, credential: credentialOf('two') },
        { ...ADMIN, action: 'IdentityService/ChangePassword' },
      ),
    ).toEqual(nothing);
    expect(await store.users.delete(who, ADMIN)).toEqual(nothing);
    expect(
      await store.users.deleteLegacy({ ...pool, externalId: 1, profile: { email: 'b@example.com' } }, ADMIN),
    ).toEqual(nothing);
    const alias = { ...pool, userId: who.userId, typed: username('ada') };
    await expect(store.users.addAlias(alias)).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    expect(await database.dump()).toBe(before);
  });

  it('a registration that was under way when it was switched writes nothing', async () => {
    const switched = database.query(
      `BEGIN; SELECT 1 FROM connections WHERE id = '${pool.connectionId}' FOR UPDATE;
       UPDATE connections SET enabled = true WHERE id = '${pool.connectionId}';
       UPDATE connection_versions SET mode = 'custom_user_store' WHERE connection_id = '${pool.connectionId}';
       ${UNTIL_SOMEBODY_WAITS}; COMMIT`,
    );
    while ((await database.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await create({ email: 'a@example.com' })).toEqual({ verdict: 'custom_user_store' });
    await switched;
    expect(await count('users')).toBe(0);
  });
});
