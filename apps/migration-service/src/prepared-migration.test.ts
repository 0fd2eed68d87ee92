import { LocalVerdict, MigrationVerdict } from '@userferry/contracts/migration/v1/login_service';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { email, inTime, setUpPool, startServiceForTests } from './service-for-tests.ts';

let database: TestDatabase;
let service: Awaited<ReturnType<typeof startServiceForTests>>;
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
const LEGACY = { requestIp: '', passwordIsNew: false, actor: '', auditAction: '', identifier: ADA };
const proofOf = (password: string, profile: object = { id: 7 }) => ({
  ...LEGACY,
  ...pool,
  password,
  profileJson: Buffer.from(JSON.stringify(profile)),
});

/** A call that was told of a script which is asked about this password. */
const prepared = (password: string, to = service) => {
  const call = to.login.prepareMigration(inTime());
  call.send({ step: { $case: 'password', value: password } });
  const prove = (proof: ReturnType<typeof proofOf>) => {
    call.send({ step: { $case: 'proven', value: proof } });
    return call.answer;
  };
  return { ...call, prove };
};
const check = async (password: string) =>
  (await service.login.checkLogin({ ...pool, identifier: ADA, password, requestIp: '' }, inTime())).verdict;
const users = () => database.query('SELECT * FROM users WHERE user_pool_id = $1', [pool.userPoolId]);

describe('PrepareMigration', () => {
  it('stores the user with the password that was proven, and no other logs in', async () => {
    const { migration } = await prepared('hunter2').prove(proofOf('hunter2', { id: 7, email: 'ada@example.com' }));
    expect(migration?.verdict).toBe(MigrationVerdict.MIGRATED);
    expect(await check('hunter2')).toBe(LocalVerdict.VERIFIED);
    expect(await check('hunter3')).toBe(LocalVerdict.WRONG_PASSWORD);
  });

  it('stores nothing unless the password was proven', async () => {
    const call = prepared('hunter2');
    call.end();
    expect(await call.answer).toEqual({ migration: undefined });
    expect(await users()).toEqual([]);
  });

  it('called twice at once makes one user, and says whose password counts', async () => {
    const both = [prepared('hunter2'), prepared('hunter3')] as const;
    const verdicts = await Promise.all([both[0].prove(proofOf('hunter2')), both[1].prove(proofOf('hunter3'))]);
    expect(verdicts.map(({ migration }) => migration?.verdict).toSorted()).toEqual([
      MigrationVerdict.MIGRATED,
      MigrationVerdict.WRONG_PASSWORD,
    ]);
    expect(await users()).toHaveLength(1);
  });

  it('refuses a proof of another password, or of one that was just chosen, and repeats neither', async () => {
    const other = prepared('hunter2').prove(proofOf('hunter3'));
    await expect(other).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT', metadata: { field: 'proven.password' } });
    await expect(other).rejects.not.toThrow(/hunter/);
    const chosen = prepared('hunter2').prove({ ...proofOf('hunter2'), passwordIsNew: true });
    await expect(chosen).rejects.toMatchObject({ metadata: { field: 'proven.password_is_new' } });
    expect(await users()).toEqual([]);
  });

  it('refuses what comes out of turn', async () => {
    const unprepared = service.login.prepareMigration(inTime());
    unprepared.send({ step: { $case: 'proven', value: proofOf('hunter2') } });
    await expect(unprepared.answer).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
    const twice = prepared('hunter2');
    twice.send({ step: { $case: 'password', value: 'hunter2' } });
    await expect(twice.answer).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
    expect(await users()).toEqual([]);
  });

  it('that waits for a proof does not keep the service from stopping, and has done nothing', async () => {
    const stopping = await startServiceForTests(database.url);
    const call = prepared('hunter2', stopping);
    // Heard after it, so that the call is there by then.
    await stopping.login
      .checkLogin({ ...pool, identifier: ADA, password: 'x', requestIp: '' }, inTime())
      .catch(() => 0);
    await stopping.server[Symbol.asyncDispose]();
    expect(await call.answer).toEqual({ migration: undefined });
    await stopping[Symbol.asyncDispose]();
  });
});
