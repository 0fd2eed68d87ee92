import { describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, usePoolWithConnection, useTestStore } from '../../store-for-tests.ts';

const { database, store } = useTestStore();
const pool = usePoolWithConnection(store);

const renewed = { ...credentialOf('renewed'), pepperId: 'p2', cost: 5 };
const ada = async () => {
  const wanted = { userPoolId: pool.userPoolId, profile: { username: 'ada' }, credential: credentialOf('old') };
  const created = await store.users.create(wanted, ADMIN);
  return { userPoolId: pool.userPoolId, userId: created.verdict === 'ok' ? created.user.userId : '' };
};
const renew = (who: { userPoolId: string; userId: string }, replaces = 'old') =>
  store.users.renewHash({ ...who, credential: renewed, replaces });

describe('a renewed hash', () => {
  it('takes the place of the one that was checked, and changes nothing else of the user', async () => {
    const who = await ada();
    const before = await store.users.find(pool.userPoolId, who);
    await renew(who);
    expect(await store.users.find(pool.userPoolId, who)).toEqual({ ...before, credential: renewed });
  });

  it('does not take the place of a password that was set meanwhile', async () => {
    const who = await ada();
    await store.users.setPassword({ ...who, credential: credentialOf('new') }, { ...ADMIN, action: 'x' });
    await renew(who);
    expect(await store.users.find(pool.userPoolId, who)).toMatchObject({ credential: { hash: 'new' } });
  });

  it('is not written of a user who was deleted, nor while users live in the legacy user store alone', async () => {
    const who = await ada();
    const { userPoolId } = pool;
    const mode = { mode: 'custom_user_store', egress: [], actor: 'key-1' } as const;
    await store.connections.save({ userPoolId, ...mode, addressEnv: undefined, ownEnv: undefined });
    await database.query('UPDATE connections SET enabled = true WHERE user_pool_id = $1', [userPoolId]);
    await renew(who);
    const hashes = () => database.query('SELECT hash FROM credentials WHERE user_id = $1', [who.userId]);
    expect(await hashes()).toEqual([{ hash: 'old' }]);
    await database.query('UPDATE connections SET enabled = false WHERE user_pool_id = $1', [userPoolId]);
    await store.users.delete(who, ADMIN);
    await renew(who);
    expect(await hashes()).toEqual([]);
  });
});
