import { MigrationState } from '@userferry/contracts/identity/v1/user';
import { ConnectionMode } from '@userferry/contracts/management/v1/connection_service';
import { LocalVerdict, MigrationVerdict } from '@userferry/contracts/migration/v1/login_service';
import { UserVerdict } from '@userferry/contracts/migration/v1/user_service';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { email, inTime, setUpPool, startServiceForTests, username } from './service-for-tests.ts';

type Service = Awaited<ReturnType<typeof startServiceForTests>>;

let database: TestDatabase;
let service: Service;
let pool: { userPoolId: string; connectionId: string };
beforeAll(async () => {
  database = await testDatabase();
  service = await startServiceForTests(database.url);
});
beforeEach(async () => {
  pool = await setUpPool(service);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const ofPool = () => ({ userPoolId: pool.userPoolId, actor: 'key-1' });
const create = (profile: object, password?: string) =>
  service.users.createUser({ ...ofPool(), profileJson: json(profile), password }, inTime());
const createId = async (profile: object, password?: string) => (await create(profile, password)).user?.userId ?? '';
type Ref = { $case: 'userId' | 'externalIdString'; value: string } | { $case: 'externalIdNumber'; value: number };
const findBy = (selector: NonNullable<Parameters<Service['users']['findUser']>[0]['user']>['selector']) =>
  service.users.findUser({ userPoolId: pool.userPoolId, user: { selector } }, inTime());
const find = (ref: Ref) => findBy({ $case: 'ref', value: { ref } });
const update = (userId: string, updates: object, password?: string) =>
  service.users.updateUser({ ...ofPool(), userId, updatesJson: json(updates), password }, inTime());
const remove = (userId: string) =>
  service.users.deleteUser({ ...ofPool(), userId, legacyProfileJson: Buffer.alloc(0), connectionId: '' }, inTime());
const removeLegacy = (profile: object, connectionId = pool.connectionId) =>
  service.users.deleteUser({ ...ofPool(), userId: '', legacyProfileJson: json(profile), connectionId }, inTime());
const migrate = (profile: object, password = 'hunter2', passwordIsNew = false) =>
  service.login.migrateUser(
    {
      ...pool,
      profileJson: json(profile),
      identifier: email('ada@example.com'),
      password,
      requestIp: '',
      passwordIsNew,
      actor: 'key-1',
      auditAction: passwordIsNew ? 'IdentityService/UpdateUser' : 'IdentityService/Login',
    },
    inTime(),
  );
const check = async (password: string, identifier = email('ada@example.com')) =>
  (await service.login.checkLogin({ userPoolId: pool.userPoolId, identifier, password, requestIp: '' }, inTime()))
    .verdict;
const list = (query: Partial<Parameters<Service['users']['listUsers']>[0]> = {}) =>
  service.users.listUsers(
    { userPoolId: pool.userPoolId, keyword: '', page: 1, limit: 10, migrationState: 0, ...query },
    inTime(),
  );
const customUserStore = () =>
  service.connections.saveConnection(
    {
      ...ofPool(),
      mode: ConnectionMode.CUSTOM_USER_STORE,
      addressEnv: undefined,
      ownEnv: undefined,
      egress: [],
      isolation: 0 as const,
    },
    inTime(),
  );
const INVALID = { reason: 'INVALID_ARGUMENT' };
const PASSWORD = 'a good password';

describe('FindUser', () => {
  it('finds by our id, by the legacy id of its type and by every identifier, and tells pool and connection', async () => {
    const { user } = await migrate({ id: 7, username: 'ada' });
    for (const answer of [
      await find({ $case: 'userId', value: user?.userId ?? '' }),
      await find({ $case: 'externalIdNumber', value: 7 }),
      await findBy({ $case: 'email', value: 'ADA@example.com' }),
      await findBy({ $case: 'username', value: 'ada' }),
    ]) {
      expect(answer).toMatchObject({ verdict: UserVerdict.OK, user });
      expect(answer.facts).toMatchObject({
        pool: { name: 'pool', connectionsIncluded: true },
        connection: { connectionId: pool.connectionId, enabled: true, mode: ConnectionMode.LAZY_MIGRATION },
      });
    }
    expect((await find({ $case: 'externalIdString', value: '7' })).verdict).toBe(UserVerdict.NOT_FOUND);
    expect((await find({ $case: 'userId', value: 'no uuid' })).verdict).toBe(UserVerdict.NOT_FOUND);
  });

  it('is refused without a selector, or with an id that nobody can have', async () => {
    await expect(findBy(undefined)).rejects.toMatchObject(INVALID);
    await expect(find({ $case: 'externalIdNumber', value: Number.NaN })).rejects.toMatchObject(INVALID);
    await expect(find({ $case: 'externalIdString', value: '' })).rejects.toMatchObject(INVALID);
    await expect(findBy({ $case: 'email', value: 'a\u0000' })).rejects.toMatchObject(INVALID);
  });
});

describe('CreateUser', () => {
  it('makes a local user who logs in with the password, once for each identifier', async () => {
    const created = await create({ email: 'Ada@example.com', nickname: 'A' }, PASSWORD);
    expect(created).toMatchObject({ verdict: UserVerdict.OK, user: { migrationState: MigrationState.LOCAL } });
    expect(await check(PASSWORD)).toBe(LocalVerdict.VERIFIED);
    expect(await create({ email: 'ada@example.com' })).toMatchObject({ verdict: UserVerdict.EXISTS, user: undefined });
  });

  it('refuses a weak password before it writes', async () => {
    for (const weak of ['', 'hunter2', 'x'.repeat(4097)])
      await expect(create({ email: 'ada@example.com' }, weak)).rejects.toMatchObject({ reason: 'PASSWORD_TOO_WEAK' });
    expect((await list()).totalCount).toBe(0n);
  });

  it('refuses a profile that is none, and repeats nothing of it', async () => {
    for (const profile of [
      { email: ['hunter2'] },
      { id: 'hunter2', email: 'a@example.com' },
      {},
      { nickname: 'hunter2' },
    ]) {
      const error = await create(profile).catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject(INVALID);
      expect((error as Error).message).not.toContain('hunter2');
    }
  });

  it('does not make a user of somebody who was deleted', async () => {
    await remove(await createId({ email: 'ada@example.com' }));
    expect((await create({ email: 'ada@example.com' })).verdict).toBe(UserVerdict.TOMBSTONED);
  });
});

describe('ListUsers', () => {
  it('lists, searches and narrows, page by page', async () => {
    await create({ username: 'bob', nickname: 'Robert' });
    await migrate({ id: 7 });
    expect(await list({ limit: 1, page: 2 })).toMatchObject({ verdict: UserVerdict.OK, totalCount: 2n });
    expect((await list({ keyword: 'robert' })).users.map(({ profile }) => profile?.username)).toEqual(['bob']);
    for (const [migrationState, count] of [
      [MigrationState.MIGRATED, 1n],
      [MigrationState.LOCAL, 1n],
      [MigrationState.LEGACY, 0n],
      [MigrationState.TOMBSTONED, 0n],
    ] as const)
      expect((await list({ migrationState })).totalCount).toBe(count);
  });

  it.each([{ page: 0 }, { limit: 0 }, { limit: 201 }, { keyword: '\u0000' }, { keyword: 'x'.repeat(2000) }])(
    'is refused with %j',
    async (query) => {
      await expect(list(query)).rejects.toMatchObject(INVALID);
    },
  );
});

describe('UpdateUser', () => {
  it('sets, clears and changes the password without the old one', async () => {
    const userId = await createId({ email: 'ada@example.com', nickname: 'A', name: 'Ada' }, PASSWORD);
    const { verdict, user } = await update(userId, { nickname: null, username: 'ada' }, 'another password');
    expect(verdict).toBe(UserVerdict.OK);
    expect(user?.profile).toMatchObject({ username: 'ada', name: 'Ada', nickname: undefined });
    expect(await check(PASSWORD)).toBe(LocalVerdict.WRONG_PASSWORD);
    expect(await check('another password', username('ada'))).toBe(LocalVerdict.VERIFIED);
  });

  it('locks and unlocks', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    await update(userId, { blocked: true });
    expect(await check(PASSWORD)).toBe(LocalVerdict.LOCKED);
    await update(userId, { blocked: false });
    expect(await check(PASSWORD)).toBe(LocalVerdict.VERIFIED);
  });

  it('is refused with what is no profile field, with a weak password, with nothing left to log in by', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    await expect(update(userId, { shoeSize: 'hunter2' })).rejects.toMatchObject(INVALID);
    await expect(update(userId, { email: null })).rejects.toMatchObject(INVALID);
    await expect(update(userId, {}, 'short')).rejects.toMatchObject({ reason: 'PASSWORD_TOO_WEAK' });
    expect((await update(pool.userPoolId, { name: 'x' })).verdict).toBe(UserVerdict.NOT_FOUND);
  });
});

describe('DeleteUser', () => {
  it('deletes, can be repeated, and leaves a tombstone that can be lifted', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    expect((await remove(userId)).verdict).toBe(UserVerdict.OK);
    expect((await remove(userId)).verdict).toBe(UserVerdict.TOMBSTONED);
    expect(await check(PASSWORD)).toBe(LocalVerdict.TOMBSTONED);
    const page = { userPoolId: pool.userPoolId, pageSize: 0, pageToken: '' };
    const { tombstones } = await service.history.listTombstones(page, inTime());
    expect(tombstones).toMatchObject([
      { deletedBy: 'key-1', externalRef: undefined, identifiers: ['ada@example.com'] },
    ]);
    await service.history.liftTombstone({ ...ofPool(), tombstoneId: tombstones[0]?.tombstoneId ?? '' }, inTime());
    expect(await check(PASSWORD)).toBe(LocalVerdict.UNKNOWN);
  });

  it('deletes a user whom the legacy user store alone knows: no login brings them here', async () => {
    expect((await removeLegacy({ id: 7, email: 'ada@example.com' })).verdict).toBe(UserVerdict.OK);
    expect(await migrate({ id: 7 })).toEqual({ verdict: MigrationVerdict.TOMBSTONED, user: undefined });
    expect((await removeLegacy({ id: 7 })).verdict).toBe(UserVerdict.TOMBSTONED);
    expect((await find({ $case: 'externalIdNumber', value: 7 })).verdict).toBe(UserVerdict.TOMBSTONED);
    const page = { userPoolId: pool.userPoolId, pageSize: 0, pageToken: '' };
    const { tombstones } = await service.history.listTombstones(page, inTime());
    expect(tombstones[0]?.externalRef?.ref).toEqual({ $case: 'externalIdNumber', value: 7 });
  });

  it('wants a profile with an id and the pool’s own connection', async () => {
    await expect(removeLegacy({ email: 'ada@example.com' })).rejects.toMatchObject(INVALID);
    await expect(removeLegacy({ id: 7 }, pool.userPoolId)).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    expect((await remove(pool.userPoolId)).verdict).toBe(UserVerdict.NOT_FOUND);
  });

  it('wants to know who does it', async () => {
    const request = {
      ...ofPool(),
      actor: '',
      userId: pool.userPoolId,
      legacyProfileJson: Buffer.alloc(0),
      connectionId: '',
    };
    await expect(service.users.deleteUser(request, inTime())).rejects.toMatchObject(INVALID);
    const created = { ...ofPool(), actor: '', profileJson: json({ username: 'ada' }), password: undefined };
    await expect(service.users.createUser(created, inTime())).rejects.toMatchObject(INVALID);
    const updated = { ...ofPool(), actor: '', userId: pool.userPoolId, updatesJson: json({}), password: undefined };
    await expect(service.users.updateUser(updated, inTime())).rejects.toMatchObject(INVALID);
  });
});

describe('the audit', () => {
  const PAGE = { pageSize: 100, pageToken: '' };
  const entries = async () => {
    const page = await service.history.listAuditEntries({ userPoolId: pool.userPoolId, ...PAGE }, inTime());
    return page.entries.filter(({ action }) => action.startsWith('IdentityService/'));
  };
  const done = async () => (await entries()).map(({ action, target }) => `${action} ${target}`).toSorted();

  it('has every call that wrote a user, by which key, and our id alone', async () => {
    const userId = await createId({ email: 'ada@example.com', nickname: 'Ada' }, PASSWORD);
    await update(userId, { name: 'Ada Lovelace' });
    for (const oldPassword of [PASSWORD, undefined]) {
      const request = { ...ofPool(), auditAction: '', userId, oldPassword, newPassword: 'another password' };
      await service.users.changePassword(request, inTime());
    }
    const named = { ...ofPool(), auditAction: 'IdentityService/UpdateUser', userId, oldPassword: undefined };
    await service.users.changePassword({ ...named, newPassword: PASSWORD }, inTime());
    await remove(userId);
    const calls = ['ChangePassword', 'DeleteUser', 'Register', 'ResetPassword', 'UpdateUser', 'UpdateUser'];
    expect(await done()).toEqual(calls.map((call) => `IdentityService/${call} user ${userId}`));
    for (const { actor, at, requestId } of await entries())
      expect([actor, at, requestId]).toEqual(['key-1', expect.any(Date), 'request-of-a-test']);
    expect(JSON.stringify(await entries())).not.toMatch(/ada|example/i);
  });

  it('has no login, and what deletes a user who has not migrated', async () => {
    await removeLegacy({ id: 8 });
    await migrate({ id: 7, email: 'ada@example.com' });
    expect(await done()).toEqual(['IdentityService/DeleteUser legacy user']);
  });

  it('has who was stored with a new password, once', async () => {
    const migrated = await migrate({ id: 7, email: 'ada@example.com' }, PASSWORD, true);
    await migrate({ id: 7, email: 'ada@example.com' }, PASSWORD, true);
    expect(await done()).toEqual([`IdentityService/UpdateUser user ${migrated.user?.userId}`]);
  });

  it('has nothing of what was refused', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    await create({ email: 'ada@example.com' });
    await expect(update(userId, { email: null })).rejects.toMatchObject(INVALID);
    const wrong = { ...ofPool(), auditAction: '', userId, oldPassword: 'wrong', newPassword: 'another password' };
    await service.users.changePassword(wrong, inTime());
    expect(await done()).toEqual([`IdentityService/Register user ${userId}`]);
  });
});

describe('ChangePassword', () => {
  const change = (userId: string, oldPassword: string | undefined, newPassword = 'another password') =>
    service.users.changePassword({ ...ofPool(), auditAction: '', userId, oldPassword, newPassword }, inTime());

  it('takes the old one, or none', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    expect(await change(userId, 'wrong')).toMatchObject({ verdict: UserVerdict.WRONG_PASSWORD, user: undefined });
    expect(await change(userId, PASSWORD)).toMatchObject({ verdict: UserVerdict.OK, user: { userId } });
    expect(await check('another password')).toBe(LocalVerdict.VERIFIED);
    expect((await change(userId, undefined, 'a third password')).verdict).toBe(UserVerdict.OK);
    expect(await check('a third password')).toBe(LocalVerdict.VERIFIED);
  });

  it('answers somebody who is not here, or has no password, like a wrong one', async () => {
    const userId = await createId({ email: 'ada@example.com' });
    for (const who of [userId, pool.userPoolId, 'no uuid'])
      expect((await change(who, PASSWORD)).verdict).toBe(UserVerdict.WRONG_PASSWORD);
    expect((await change(pool.userPoolId, undefined)).verdict).toBe(UserVerdict.NOT_FOUND);
  });

  it('tells that a user is locked to who knows the password', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    await update(userId, { blocked: true });
    expect((await change(userId, 'wrong')).verdict).toBe(UserVerdict.WRONG_PASSWORD);
    expect((await change(userId, PASSWORD)).verdict).toBe(UserVerdict.LOCKED);
  });

  it('refuses a weak new one, and keeps the old one', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    await expect(change(userId, PASSWORD, 'short')).rejects.toMatchObject({ reason: 'PASSWORD_TOO_WEAK' });
    expect(await check(PASSWORD)).toBe(LocalVerdict.VERIFIED);
  });

  it('is limited for whoever is not here, by whatever they are named, as for who is', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    const wrong = Array<UserVerdict>(10).fill(UserVerdict.WRONG_PASSWORD);
    for (const who of [userId, 'email:nobody@example.com']) {
      const verdicts: UserVerdict[] = [];
      for (let tries = 0; tries < 11; tries += 1) verdicts.push((await change(who, 'wrong')).verdict);
      expect(verdicts).toEqual([...wrong, UserVerdict.TOO_MANY_ATTEMPTS]);
    }
  });

  it('changes once when two come at once with the same old one', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    const answers = await Promise.allSettled(
      ['first password', 'other password'].map((next) => change(userId, PASSWORD, next)),
    );
    const oks = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.verdict === UserVerdict.OK);
    expect(oks).toHaveLength(1);
  });
});

describe('MigrateUser with a new password', () => {
  it('holds the rules against it, and not against one that was proven', async () => {
    await expect(migrate({ id: 7 }, 'short', true)).rejects.toMatchObject({ reason: 'PASSWORD_TOO_WEAK' });
    expect((await migrate({ id: 7 }, 'short')).verdict).toBe(MigrationVerdict.MIGRATED);
  });

  it('does not replace the password of who is here already', async () => {
    await migrate({ id: 7 }, 'of today');
    expect((await migrate({ id: 7 }, 'a new password', true)).verdict).toBe(MigrationVerdict.WRONG_PASSWORD);
    expect(await check('of today')).toBe(LocalVerdict.VERIFIED);
  });

  it('ends the same when it is repeated', async () => {
    const { user } = await migrate({ id: 7 }, 'a new password', true);
    const again = await migrate({ id: 7 }, 'a new password', true);
    expect(again).toEqual({ verdict: MigrationVerdict.ALREADY_MIGRATED, user });
  });
});

describe('in a custom user store that is switched on', () => {
  it('nobody is looked up, and nothing is written', async () => {
    const userId = await createId({ email: 'ada@example.com' }, PASSWORD);
    await customUserStore();
    const before = await database.dump();
    for (const answer of [await findBy({ $case: 'email', value: 'ada@example.com' }), await list()])
      expect(answer.verdict).toBe(UserVerdict.CUSTOM_USER_STORE);
    const changed = { reason: 'CONCURRENT_CHANGE' };
    await expect(create({ email: 'eve@example.com' }, PASSWORD)).rejects.toMatchObject(changed);
    await expect(update(userId, { name: 'x' })).rejects.toMatchObject(changed);
    await expect(remove(userId)).rejects.toMatchObject(changed);
    await expect(removeLegacy({ id: 7 })).rejects.toMatchObject(changed);
    const request = { ...ofPool(), auditAction: '', userId, oldPassword: PASSWORD, newPassword: 'another password' };
    await expect(service.users.changePassword(request, inTime())).rejects.toMatchObject(changed);
    expect(await database.dump()).toBe(before);
  });
});
