import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, poolWithConnection, usePoolWithConnection, useTestStore } from '../../store-for-tests.ts';

const DAY_MS = 86_400_000;
let now: Date;
const { database, store } = useTestStore({ clock: () => now, keptDays: { audit: 400, logins: 40 } });
beforeEach(() => {
  now = new Date('2026-11-24T23:59:59Z');
});
const pool = usePoolWithConnection(store);

const passes = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const migrate = async (externalId: number) => {
  const typed = { kind: 'username', value: `u${externalId}` } as const;
  const result = await store.users.migrate({
    ...pool,
    externalId,
    profile: {},
    typed,
    credential: credentialOf('one'),
  });
  return 'user' in result ? result.user.userId : '';
};
const login = (byLegacyStore: boolean) =>
  store.attempts.loggedIn({ userPoolId: pool.userPoolId, who: { userId: 'ada' }, address: '' }, byLegacyStore);
const counts = () => store.progress.counts(pool.userPoolId);
const busyDays = async () => (await counts()).days.filter(({ migrated, logins }) => migrated + logins > 0);

describe('the progress of a migration', () => {
  it('is thirty days of nothing for a new pool, today last', async () => {
    const { days, ...rest } = await counts();
    expect(rest).toEqual({ migrated: 0, unresolvedConflicts: 0 });
    expect(days).toHaveLength(30);
    expect([days[0]?.date, days[29]]).toEqual([
      '2026-10-26',
      { date: '2026-11-24', migrated: 0, logins: 0, legacyLogins: 0 },
    ]);
  });

  it('counts by the day, UTC, whoever counts at once', async () => {
    await migrate(1);
    await Promise.all(Array.from({ length: 40 }, (_, turn) => login(turn % 4 === 0)));
    passes(1_000);
    await migrate(2);
    await migrate(3);
    await login(true);
    expect(await busyDays()).toEqual([
      { date: '2026-11-24', migrated: 1, logins: 40, legacyLogins: 10 },
      { date: '2026-11-25', migrated: 2, logins: 1, legacyLogins: 1 },
    ]);
    expect((await counts()).migrated).toBe(3);
  });

  it('counts who of given legacy ids is neither here nor deleted here, an id by its type', async () => {
    await migrate(1);
    await migrate(2);
    const userId = await migrate(3);
    await store.users.delete({ userPoolId: pool.userPoolId, userId }, ADMIN);
    const left = (...ids: (string | number)[]) => store.progress.leftBehind(pool.userPoolId, ids);
    expect(await left(1, 2, 3)).toBe(0);
    expect(await left(1, '1', 4, 4, 'x')).toBe(3);
    expect(await left()).toBe(0);
    await expect(store.progress.leftBehind('11111111-1111-4111-8111-111111111111', [1])).rejects.toMatchObject({
      reason: 'USER_POOL_NOT_FOUND',
    });
  });

  it('knows the last login that needed the legacy user store, however long ago', async () => {
    await login(true);
    const last = now;
    passes(90 * DAY_MS);
    await login(false);
    expect((await counts()).lastLegacyLoginAt).toEqual(last);
    expect(await busyDays()).toHaveLength(1);
  });

  it('counts who is here and came from there: not who registered here, and nobody who was deleted', async () => {
    await store.users.create({ ...pool, profile: { username: 'local' } }, ADMIN);
    const userId = await migrate(1);
    await migrate(2);
    await store.users.delete({ ...pool, userId }, ADMIN);
    expect((await counts()).migrated).toBe(1);
  });

  it('is one pool’s own', async () => {
    await login(true);
    const other = await poolWithConnection(store);
    expect((await store.progress.counts(other.userPoolId)).days.every(({ logins }) => logins === 0)).toBe(true);
    await expect(store.progress.counts('no uuid')).rejects.toMatchObject({ reason: 'USER_POOL_NOT_FOUND' });
  });

  it('forgets days as the operator says, but not when the legacy user store was last needed', async () => {
    const rows = async () =>
      (
        await database.query<{ date: string }>(
          `SELECT DISTINCT to_char(day, 'YYYY-MM-DD') AS date FROM login_days WHERE user_pool_id = $1 ORDER BY 1`,
          [pool.userPoolId],
        )
      ).map(({ date }) => date);
    await login(true);
    passes(DAY_MS);
    await login(true);
    const last = now;
    await login(false);
    passes(DAY_MS);
    await login(false);
    await store.progress.sweep();
    expect(await rows()).toEqual(['2026-11-24', '2026-11-25', '2026-11-26']);
    passes(38 * DAY_MS);
    await store.progress.sweep();
    expect(await rows()).toEqual(['2026-11-25', '2026-11-26']);
    passes(100 * DAY_MS);
    await store.progress.sweep();
    expect(await rows()).toEqual(['2026-11-25']);
    expect(await counts()).toMatchObject({ lastLegacyLoginAt: last });
    await login(true);
    await store.progress.sweep();
    expect(await rows()).toEqual(['2027-04-13']);
  });
});
