import { AttemptEnd, LocalVerdict, MigrationVerdict } from '@userferry/contracts/migration/v1/login_service';
import { UserVerdict } from '@userferry/contracts/migration/v1/user_service';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { email, inTime, randomRing, setUpPool, startServiceForTests, username } from './service-for-tests.ts';

type Service = Awaited<ReturnType<typeof startServiceForTests>>;

let database: TestDatabase;
let service: Service;
let replica: Service;
let pool: { userPoolId: string; connectionId: string };
let now = new Date('2026-11-24T12:00:00Z');
beforeAll(async () => {
  database = await testDatabase();
  const shared = { peppers: randomRing('p1'), encryptionKeys: randomRing('k1'), clock: () => now };
  service = await startServiceForTests(database.url, shared);
  replica = await startServiceForTests(database.url, shared);
});
beforeEach(async () => {
  pool = await setUpPool(service);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await replica[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const ADA = email('ada@example.com');
const IP = '203.0.113.7';
const passes = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};
const check = async (password: string, { identifier = ADA, requestIp = IP, on = service } = {}) => {
  const { verdict, retryAfterMs } = await on.login.checkLogin(
    { userPoolId: pool.userPoolId, identifier, password, requestIp },
    inTime(),
  );
  return verdict === LocalVerdict.TOO_MANY_ATTEMPTS ? Number(retryAfterMs) : verdict;
};
const BY = { actor: 'key-1', auditAction: 'IdentityService/Login' };
const migrate = (password = 'right', identifier = ADA, passwordIsNew = false) =>
  service.login.migrateUser(
    { ...pool, profileJson: Buffer.from('{"id":7}'), identifier, password, requestIp: IP, passwordIsNew, ...BY },
    inTime(),
  );
const asEnded = { byLegacyStore: false, withoutLogin: false, scriptFailed: false };
const settle = (end: AttemptEnd, how: Partial<typeof asEnded> = {}, identifier = ADA) =>
  service.login.settleAttempt(
    { userPoolId: pool.userPoolId, identifier, requestIp: IP, end, ...asEnded, ...how },
    inTime(),
  );
const times = async (count: number, run: (turn: number) => Promise<unknown>) => {
  for (let turn = 0; turn < count; turn++) await run(turn);
};
const logins = async () => {
  const { days, lastLegacyLoginAt } = await service.history.getMigrationCounts(
    { userPoolId: pool.userPoolId },
    inTime(),
  );
  const today = days.at(-1);
  return { logins: today?.logins, legacy: today?.legacyLogins, last: lastLegacyLoginAt };
};

describe('wrong passwords', () => {
  it('are borne ten times on all replicas together, then nothing is checked, the right one neither', async () => {
    await migrate();
    await times(10, async (turn) =>
      expect(await check('wrong', { on: turn % 2 ? service : replica })).toBe(LocalVerdict.WRONG_PASSWORD),
    );
    expect(await check('right', { on: replica })).toBe(30_000);
    expect(await check('right')).toBe(30_000);
    passes(30);
    expect(await check('right')).toBe(LocalVerdict.VERIFIED);
    expect(await check('wrong')).toBe(LocalVerdict.WRONG_PASSWORD);
  });

  it('of a user who does not exist, is deleted or lives elsewhere are borne as often: the limit tells nothing', async () => {
    for (const name of ['nobody', 'someone']) {
      const identifier = username(name);
      await times(10, async () =>
        expect(await check('wrong', { identifier, requestIp: '' })).toBe(LocalVerdict.UNKNOWN),
      );
      expect(await check('wrong', { identifier, requestIp: '' })).toBe(30_000);
    }
  });

  it('from one address are limited over all identifiers', async () => {
    const guess = (turn: number) => check('wrong', { identifier: username(`u${turn}`), requestIp: '198.51.100.1' });
    await times(100, async (turn) => expect(await guess(turn)).toBe(LocalVerdict.UNKNOWN));
    expect(await guess(100)).toBe(30_000);
    expect(await check('wrong', { identifier: username('u1'), requestIp: '198.51.100.2' })).toBe(LocalVerdict.UNKNOWN);
  });

  it('from one IPv6 network of 64 bits are those of one address, however they are written', async () => {
    const from = (turn: number) => (turn % 2 ? `2001:db8::${turn}` : `2001:DB8:0:0:${turn}::1`);
    const guess = (turn: number) => check('wrong', { identifier: username(`v${turn}`), requestIp: from(turn) });
    await times(100, async (turn) => expect(await guess(turn)).toBe(LocalVerdict.UNKNOWN));
    expect(await guess(100)).toBe(30_000);
    const other = { identifier: username('v1'), requestIp: '2001:db8:0:1::1' };
    expect(await check('wrong', other)).toBe(LocalVerdict.UNKNOWN);
  });

  it('from one address are those of one address, whatever port an edge sends with it', async () => {
    const from = (turn: number) => (turn % 2 ? `192.0.2.7:${40_000 + turn}` : `[::ffff:192.0.2.7]:${turn}`);
    const guess = (turn: number) => check('wrong', { identifier: username(`w${turn}`), requestIp: from(turn) });
    await times(100, async (turn) => expect(await guess(turn)).toBe(LocalVerdict.UNKNOWN));
    expect(await guess(100)).toBe(30_000);
  });
});

describe('what is no wrong password', () => {
  it('is a login that ended in an outage, however often', async () => {
    await times(30, async () => {
      expect(await check('right')).toBe(LocalVerdict.UNKNOWN);
      await settle(AttemptEnd.UNDECIDED);
    });
    expect(await logins()).toEqual({ logins: 0n, legacy: 0n, last: undefined });
  });

  it('is one that the legacy user store has proven, whether it is stored or lives there', async () => {
    await times(9, () => check('wrong'));
    expect(await check('right')).toBe(LocalVerdict.UNKNOWN);
    expect((await migrate()).verdict).toBe(MigrationVerdict.MIGRATED);
    await times(10, async () => expect(await check('wrong')).toBe(LocalVerdict.WRONG_PASSWORD));
    const identifier = username('elsewhere');
    await times(10, () => check('right', { identifier, requestIp: '' }));
    await settle(AttemptEnd.PROVEN, { byLegacyStore: true }, identifier);
    expect(await check('right', { identifier, requestIp: '' })).toBe(LocalVerdict.UNKNOWN);
    expect(await logins()).toMatchObject({ logins: 2n, legacy: 2n, last: now });
  });

  it('is the right one of somebody who is locked here and came by another name: it clears the count and is no login', async () => {
    await migrate();
    await database.query(`UPDATE users SET profile = '{"blocked":true}' WHERE user_pool_id = $1`, [pool.userPoolId]);
    const identifier = username('moved');
    await times(9, () => check('wrong', { identifier, requestIp: '' }));
    expect(await check('right', { identifier, requestIp: '' })).toBe(LocalVerdict.UNKNOWN);
    expect((await migrate('right', identifier)).verdict).toBe(MigrationVerdict.LOCKED);
    const guess = () => check('wrong', { identifier, requestIp: '' });
    await times(10, async () => expect(await guess()).toBe(LocalVerdict.UNKNOWN));
    expect(await guess()).toBe(30_000);
    expect(await logins()).toMatchObject({ logins: 1n, legacy: 1n });
  });

  it('is the old one of a change of password in a custom user store, which is no login either', async () => {
    await times(10, () => check('old'));
    await settle(AttemptEnd.PROVEN, { byLegacyStore: true, withoutLogin: true });
    await times(10, async () => expect(await check('old')).toBe(LocalVerdict.UNKNOWN));
    expect(await logins()).toEqual({ logins: 0n, legacy: 0n, last: undefined });
  });
});

describe('a login whose script failed', () => {
  const fail = async (turn: number) => {
    const identifier = turn < 0 ? ADA : username(`u${turn}`);
    const verdict = await check('maybe wrong', { identifier });
    if (verdict === LocalVerdict.UNKNOWN) await settle(AttemptEnd.UNDECIDED, { scriptFailed: true }, identifier);
    return verdict;
  };

  it('counts as a wrong password for its identifier: it may fail on wrong ones alone', async () => {
    await times(10, async () => expect(await fail(-1)).toBe(LocalVerdict.UNKNOWN));
    expect(await fail(-1)).toBe(30_000);
  });

  it('does for the address one time in ten: a broken script locks out nobody for what others tried', async () => {
    await times(110, async (turn) => expect(await fail(turn)).toBe(LocalVerdict.UNKNOWN));
  });
});

describe('a login', () => {
  it('is counted by who answered it; a new password that is stored is none', async () => {
    await migrate('a new password', ADA, true);
    expect(await logins()).toEqual({ logins: 0n, legacy: 0n, last: undefined });
    await check('a new password');
    await check('wrong');
    expect(await logins()).toEqual({ logins: 1n, legacy: 0n, last: undefined });
  });

  it('of nobody’s pool is not settled, nor one without an end', async () => {
    const attempt = { identifier: ADA, requestIp: '', ...asEnded };
    const unknown = { ...attempt, userPoolId: 'no uuid', end: AttemptEnd.PROVEN };
    await expect(service.login.settleAttempt(unknown, inTime())).rejects.toMatchObject({
      reason: 'USER_POOL_NOT_FOUND',
    });
    await expect(settle(AttemptEnd.UNSPECIFIED)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });
});

describe('wrong old passwords', () => {
  it('are limited by the user, whatever the address, and do not change anything', async () => {
    const { user } = await migrate();
    const change = (oldPassword: string | undefined, newPassword = 'a new password') =>
      service.users.changePassword(
        { userPoolId: pool.userPoolId, userId: user?.userId ?? '', oldPassword, newPassword, ...BY },
        inTime(),
      );
    await times(10, async () => expect((await change('wrong')).verdict).toBe(UserVerdict.WRONG_PASSWORD));
    expect(await change('right')).toMatchObject({ verdict: UserVerdict.TOO_MANY_ATTEMPTS, retryAfterMs: 30_000n });
    expect((await change(undefined)).verdict).toBe(UserVerdict.OK);
    passes(30);
    expect((await change('right')).verdict).toBe(UserVerdict.WRONG_PASSWORD);
    passes(60);
    expect((await change('a new password', 'another password')).verdict).toBe(UserVerdict.OK);
    expect(await check('another password')).toBe(LocalVerdict.VERIFIED);
  });

  it('count as wrong ones of a login where the user is named as in one: the limit does not tell who is here', async () => {
    const { user } = await migrate();
    const change = (userId: string, identifier: typeof ADA) =>
      service.users.changePassword(
        {
          userPoolId: pool.userPoolId,
          userId,
          oldPassword: 'wrong',
          newPassword: 'a new password',
          countedAs: { identifier, requestIp: IP },
          ...BY,
        },
        inTime(),
      );
    for (const [userId, identifier] of [
      [user?.userId ?? '', ADA],
      ['email:nobody@example.com', email('nobody@example.com')],
    ] as const) {
      await times(5, () => check('wrong', { identifier }));
      await times(5, async () => expect((await change(userId, identifier)).verdict).toBe(UserVerdict.WRONG_PASSWORD));
      expect(await change(userId, identifier)).toMatchObject({ verdict: UserVerdict.TOO_MANY_ATTEMPTS });
      expect(await check('wrong', { identifier })).toBe(30_000);
    }
  });
});
