import { ConnectionMode } from '@userferry/contracts/management/v1/connection_service';
import { LocalVerdict, MigrationVerdict } from '@userferry/contracts/migration/v1/login_service';
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

const ADA = email('ada@example.com');
const migrate = (profile: object, password = 'hunter2', identifier = ADA) =>
  service.login.migrateUser(
    {
      ...pool,
      profileJson: Buffer.from(JSON.stringify(profile)),
      identifier,
      password,
      requestIp: '',
      passwordIsNew: false,
      actor: '',
      auditAction: '',
    },
    inTime(),
  );
const check = (password: string, identifier = ADA, userPoolId = pool.userPoolId) =>
  service.login.checkLogin({ userPoolId, identifier, password, requestIp: '' }, inTime());
const users = () => database.query('SELECT * FROM users WHERE user_pool_id = $1', [pool.userPoolId]);

describe('CheckLogin', () => {
  it('tells pool and connection in the same call, with an unknown user too', async () => {
    const { verdict, user, pool: facts, connection } = await check('x');
    expect({ verdict, user }).toEqual({ verdict: LocalVerdict.UNKNOWN, user: undefined });
    expect(facts).toMatchObject({ name: 'pool', revealRejectionDetails: true });
    expect(JSON.parse(String(facts?.metadataJson))).toEqual({ tier: 1 });
    expect(connection).toEqual({
      connectionId: pool.connectionId,
      version: 2n,
      enabled: true,
      mode: ConnectionMode.LAZY_MIGRATION,
    });
  });

  it('verifies the password of a migrated user, whatever the case of the e-mail', async () => {
    const migrated = await migrate({ id: 7, email: 'Ada@Example.com', loginsCount: 3, customData: { a: 1 } });
    const checked = await check('hunter2', email('ADA@EXAMPLE.COM'));
    expect(checked.verdict).toBe(LocalVerdict.VERIFIED);
    expect(checked.user).toEqual(migrated.user);
    expect(checked.user?.profile).toMatchObject({ email: 'Ada@Example.com', loginsCount: 3n });
    expect(checked.user?.externalRef).toEqual({ ref: { $case: 'externalIdNumber', value: 7 } });
  });

  it('sends no user with a wrong password', async () => {
    await migrate({ id: 7 });
    expect(await check('hunter3')).toMatchObject({ verdict: LocalVerdict.WRONG_PASSWORD, user: undefined });
  });

  it('compares usernames with regard to case', async () => {
    await migrate({ id: 7, username: 'Ada' });
    expect((await check('hunter2', username('Ada'))).verdict).toBe(LocalVerdict.VERIFIED);
    expect((await check('hunter2', username('ada'))).verdict).toBe(LocalVerdict.UNKNOWN);
  });

  it('tells of a lock only to who knows the password', async () => {
    await migrate({ id: 7 });
    await database.query(`UPDATE users SET profile = '{"blocked":true}' WHERE user_pool_id = $1`, [pool.userPoolId]);
    expect((await check('hunter2')).verdict).toBe(LocalVerdict.LOCKED);
    expect((await check('hunter3')).verdict).toBe(LocalVerdict.WRONG_PASSWORD);
  });

  it('knows who was deleted here', async () => {
    await database.query(`INSERT INTO tombstones VALUES ($1, 'email', 'ada@example.com', now())`, [pool.userPoolId]);
    expect((await check('hunter2', email('Ada@example.com'))).verdict).toBe(LocalVerdict.TOMBSTONED);
  });

  it('does not know a user of another pool', async () => {
    await migrate({ id: 7 });
    const other = await setUpPool(service);
    expect((await check('hunter2', ADA, other.userPoolId)).verdict).toBe(LocalVerdict.UNKNOWN);
  });

  it('leaves every user to the legacy user store in custom-user-store mode, as long as it is enabled', async () => {
    await migrate({ id: 7 });
    const { userPoolId } = pool;
    const request = {
      userPoolId,
      mode: ConnectionMode.CUSTOM_USER_STORE,
      egress: [],
      isolation: 0 as const,
      actor: 'key-1',
    };
    await service.connections.saveConnection({ ...request, addressEnv: undefined, ownEnv: undefined }, inTime());
    expect((await check('hunter2')).verdict).toBe(LocalVerdict.UNKNOWN);
    await service.connections.setConnectionEnabled({ userPoolId, enabled: false, actor: 'key-1' }, inTime());
    expect((await check('hunter2')).verdict).toBe(LocalVerdict.VERIFIED);
  });

  it.each(['00000000-0000-4000-8000-000000000000', 'no uuid', ''])(
    'of a pool that does not exist (%j) is USER_POOL_NOT_FOUND',
    async (id) => {
      await expect(check('x', ADA, id)).rejects.toMatchObject({ reason: 'USER_POOL_NOT_FOUND' });
    },
  );

  it('refuses an identifier that nobody can have, without repeating it', async () => {
    for (const bad of [email(''), email('hunter2\u0000'), username('hunter2'.repeat(500)), {}]) {
      const error = await check('x', bad).catch((thrown: unknown) => thrown as Error);
      expect(error).toMatchObject({ reason: 'INVALID_ARGUMENT' });
      expect((error as Error).message).not.toContain('hunter2');
    }
  });
});

describe('MigrateUser', () => {
  it('called twice at once makes one user, and both get it', async () => {
    const [one, two] = await Promise.all([migrate({ id: 7 }), migrate({ id: 7 })]);
    expect(one.user?.userId).toBe(two.user?.userId);
    const verdicts = [one.verdict, two.verdict].sort();
    expect(verdicts).toEqual([MigrationVerdict.MIGRATED, MigrationVerdict.ALREADY_MIGRATED]);
    expect(await users()).toHaveLength(1);
  });

  it('repeated after a crash answers with the same user', async () => {
    const first = await migrate({ id: 7 });
    const again = await migrate({ id: 7 });
    expect(again).toEqual({ verdict: MigrationVerdict.ALREADY_MIGRATED, user: first.user });
  });

  it('does not let the old password in for a user who has another one here', async () => {
    await migrate({ id: 7, email: 'ada@example.com' }, 'password of today');
    const other = await migrate({ id: 7, email: 'ada@example.com' }, 'old password', username('ada'));
    expect(other).toEqual({ verdict: MigrationVerdict.WRONG_PASSWORD, user: undefined });
  });

  it('does not let a user in who is locked here', async () => {
    await migrate({ id: 7 });
    await database.query(`UPDATE users SET profile = '{"blocked":true}' WHERE user_pool_id = $1`, [pool.userPoolId]);
    expect(await migrate({ id: 7 })).toEqual({ verdict: MigrationVerdict.LOCKED, user: undefined });
  });

  it('takes the ids 1 and "1" for two users', async () => {
    await migrate({ id: 1 });
    const other = await migrate({ id: '1' }, 'hunter2', email('other@example.com'));
    expect(other.verdict).toBe(MigrationVerdict.MIGRATED);
    expect(other.user?.externalRef?.ref).toEqual({ $case: 'externalIdString', value: '1' });
  });

  it('stores nothing when an identifier belongs to another user', async () => {
    await migrate({ id: 1 });
    expect(await migrate({ id: 2 })).toEqual({ verdict: MigrationVerdict.CONFLICT, user: undefined });
    expect(await users()).toHaveLength(1);
  });

  it('does not bring a tombstoned user back', async () => {
    await database.query(`INSERT INTO tombstones VALUES ($1, 'external_id_number', '7', now())`, [pool.userPoolId]);
    expect(await migrate({ id: 7 })).toEqual({ verdict: MigrationVerdict.TOMBSTONED, user: undefined });
    expect(await users()).toHaveLength(0);
  });

  it('names what is wrong with a profile and repeats none of it', async () => {
    const error = await migrate({ id: 7, email: 5, gender: 'hunter2' }).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'profile_json: email must be a string; gender must be "M", "F" or "U"',
    });
  });

  it.each([{ blocked: true }, { isDeleted: true }])('does not migrate a user who is %j there', async (facts) => {
    await expect(migrate({ id: 7, ...facts })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
    expect(await users()).toHaveLength(0);
  });

  it('writes nothing in custom-user-store mode', async () => {
    const request = {
      userPoolId: pool.userPoolId,
      mode: ConnectionMode.CUSTOM_USER_STORE,
      egress: [],
      isolation: 0 as const,
      actor: 'key-1',
    };
    await service.connections.saveConnection({ ...request, addressEnv: undefined, ownEnv: undefined }, inTime());
    await expect(migrate({ id: 7 })).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    expect(await users()).toHaveLength(0);
  });

  it('wants the connection to be the pool’s own, which it is no more once it is deleted: then the call may be repeated', async () => {
    const { connectionId } = pool;
    pool = { ...pool, connectionId: (await setUpPool(service)).connectionId };
    await expect(migrate({ id: 7 })).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    pool = { ...pool, connectionId };
    await service.connections.deleteConnection({ userPoolId: pool.userPoolId, actor: 'key-1' }, inTime());
    await expect(migrate({ id: 7 })).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    expect(await users()).toHaveLength(0);
  });
});

describe('PreviewMigration', () => {
  const preview = (profile: object, { userPoolId, connectionId } = pool, identifier: typeof ADA | undefined = ADA) => {
    const profileJson = Buffer.from(JSON.stringify(profile));
    return service.login.previewMigration({ userPoolId, connectionId, profileJson, identifier }, inTime());
  };

  it('says what a migration would come to, and stores nothing', async () => {
    const profile = { id: 7, email: 'ada@example.com' };
    for (const identifier of [ADA, undefined])
      expect(await preview(profile, pool, identifier)).toEqual({ verdict: MigrationVerdict.MIGRATED });
    expect(await users()).toHaveLength(0);
    await migrate(profile);
    expect(await preview(profile)).toEqual({ verdict: MigrationVerdict.ALREADY_MIGRATED });
    expect(await preview({ id: 8, email: 'ada@example.com' })).toEqual({ verdict: MigrationVerdict.CONFLICT });
    const conflicts = await service.history.listConflicts({ ...pool, pageSize: 10, pageToken: '' }, inTime());
    expect(conflicts.conflicts).toEqual([]);
  });

  it('is of the pool’s own connection, and of a profile that could be stored', async () => {
    const other = await setUpPool(service);
    const foreign = { userPoolId: pool.userPoolId, connectionId: other.connectionId };
    await expect(preview({ id: 7 }, foreign)).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
    await expect(preview({ email: 'x' })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });
});
