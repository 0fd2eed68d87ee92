import type { Identifier, Profile } from '@userferry/user-model';
import { describe, expect, it } from 'vitest';
import { ADMIN, someCredential, usePoolWithConnection, useTestStore } from '../../store-for-tests.ts';

const { database, store } = useTestStore();
const pool = usePoolWithConnection(store);

const ADA: Identifier = { kind: 'email', value: 'Ada@Example.com' };
const subject = (userPoolId: string, who: Identifier) => ({ userPoolId, who, address: '' });
const lookUp = async (identifier: Identifier = ADA) => {
  const { attempt, ...found } = await store.users.beginLogin(subject(pool.userPoolId, identifier));
  expect(attempt).toEqual({ allowed: true });
  return found;
};
const migrate = (externalId: number, profile: Profile = {}, typed = ADA) =>
  store.users.migrate({ ...pool, externalId, profile, typed, credential: someCredential });
const apart = async (identifier: Identifier = ADA) => ({
  facts: await store.pools.loginFacts(pool.userPoolId),
  found: await store.users.find(pool.userPoolId, identifier),
});

describe('what a login asks first', () => {
  it('is in one statement what pool, connection and user are apart', async () => {
    const profile = { email: 'Ada@Example.com', nickname: 'Ada', customData: { a: [1, { b: null }] } };
    await migrate(7, profile, { kind: 'username', value: 'ada' });
    for (const identifier of [ADA, { kind: 'username', value: 'ada' }, { kind: 'email', value: 'x@y.z' }] as const)
      expect(await lookUp(identifier)).toEqual(await apart(identifier));
    expect(await lookUp()).toMatchObject({ found: { verdict: 'ok', user: { profile, externalId: 7 } } });
  });

  it('names the user by the legacy id that came first', async () => {
    await migrate(9);
    const { user } = (await store.users.find(pool.userPoolId, ADA)) as { user: { userId: string } };
    await database.query(
      `INSERT INTO external_ids VALUES ($1, $2, 'number', '8', $3, now() - interval '1 day'),
         ($1, $2, 'number', '10', $3, now() + interval '1 day')`,
      [pool.userPoolId, pool.connectionId, user.userId],
    );
    expect(await lookUp()).toMatchObject({ found: { user: { externalId: 8 } } });
    expect(await lookUp()).toEqual(await apart());
  });

  it('tells who was deleted from who never was', async () => {
    await migrate(7);
    const { user } = (await store.users.find(pool.userPoolId, ADA)) as { user: { userId: string } };
    await store.users.delete({ userPoolId: pool.userPoolId, userId: user.userId }, ADMIN);
    expect((await lookUp()).found).toEqual({ verdict: 'tombstoned' });
    expect((await lookUp({ kind: 'email', value: 'eve@example.com' })).found).toEqual({ verdict: 'not_found' });
  });

  it('looks for nobody in a custom user store, as long as that is switched on', async () => {
    await migrate(7);
    await database.query(`UPDATE connection_versions SET mode = 'custom_user_store' WHERE connection_id = $1`, [
      pool.connectionId,
    ]);
    expect((await lookUp()).found).toMatchObject({ verdict: 'ok' });
    await database.query('UPDATE connections SET enabled = true WHERE id = $1', [pool.connectionId]);
    expect(await lookUp()).toEqual({ facts: (await apart()).facts });
  });

  it('knows a pool without a connection, and none that is not there', async () => {
    const bare = await store.pools.create({ name: 'bare', metadata: {}, revealRejectionDetails: true });
    expect(await store.users.beginLogin(subject(bare.id, ADA))).toEqual({
      attempt: { allowed: true },
      facts: await store.pools.loginFacts(bare.id),
      found: { verdict: 'not_found' },
    });
    for (const id of [pool.connectionId, 'x'])
      await expect(store.users.beginLogin(subject(id, ADA))).rejects.toMatchObject({ reason: 'USER_POOL_NOT_FOUND' });
  });
});
