import { describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, useTestStore } from '../../store-for-tests.ts';

const DAY_MS = 86_400_000;
let now = new Date('2026-11-24T12:00:00Z');
const { store } = useTestStore({ clock: () => now });

const passes = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const poolWith = async (plan?: 'basic' | 'enterprise') => {
  const { id } = await store.pools.create({ name: 'p', metadata: {}, revealRejectionDetails: false, plan });
  return id;
};
const connect = (userPoolId: string) =>
  store.connections.save({ userPoolId, mode: 'lazy_migration', ownEnv: { A: 'b' }, egress: [], ...ADMIN });
const enable = (userPoolId: string) => store.connections.setEnabled({ userPoolId, enabled: true, ...ADMIN });
const included = async (userPoolId: string) => (await store.pools.loginFacts(userPoolId)).pool.connectionsIncluded;
const PAYMENT_REQUIRED = { reason: 'PAYMENT_REQUIRED' };

describe('a plan', () => {
  it('is enterprise unless another one is named', async () => {
    expect(await store.pools.get(await poolWith())).toMatchObject({ plan: 'enterprise', connectionsIncluded: true });
  });

  it('without connections lets one be made but not switched on', async () => {
    const id = await poolWith('basic');
    await connect(id);
    await expect(enable(id)).rejects.toMatchObject(PAYMENT_REQUIRED);
    expect((await store.connections.get(id)).enabled).toBe(false);
    await store.connections.setEnabled({ userPoolId: id, enabled: false, ...ADMIN });
  });

  it('that loses connections stops them and loses nothing, and brings them back as they were', async () => {
    const id = await poolWith();
    await connect(id);
    await enable(id);
    const before = await store.connections.settings(id);
    await store.pools.setPlan(id, 'basic', ADMIN);
    expect(await included(id)).toBe(false);
    expect((await store.connections.settings(id)).pool.connectionsIncluded).toBe(false);
    await store.pools.setPlan(id, 'enterprise', ADMIN);
    expect(await store.connections.settings(id)).toEqual(before);
  });
});

describe('a trial', () => {
  it('brings connections for thirty days to the millisecond, days left counted down, and loses nothing at its end', async () => {
    const id = await poolWith('basic');
    await connect(id);
    const startedAt = now;
    const { trial } = await store.pools.startTrial(id, ADMIN);
    expect(trial).toEqual({ startedAt, endsAt: new Date(startedAt.getTime() + 30 * DAY_MS), daysLeft: 30 });
    const { enabled, connectionId } = await enable(id);
    expect(enabled).toBe(true);
    const typed = { kind: 'email', value: 'ada@example.com' } as const;
    await store.users.migrate({
      userPoolId: id,
      connectionId,
      externalId: 1,
      profile: {},
      typed,
      credential: credentialOf('one'),
    });
    passes(30 * DAY_MS - 1);
    expect(await included(id)).toBe(true);
    expect((await store.pools.get(id)).trial?.daysLeft).toBe(1);
    passes(1);
    expect(await included(id)).toBe(false);
    expect((await store.pools.get(id)).trial?.daysLeft).toBe(0);
    expect((await store.users.find(id, typed)).verdict).toBe('ok');
    expect(await store.connections.settings(id)).toMatchObject({ enabled: true, env: { A: 'b' } });
    await expect(enable(id)).rejects.toMatchObject(PAYMENT_REQUIRED);
    await store.pools.setPlan(id, 'enterprise', ADMIN);
    expect(await included(id)).toBe(true);
  });

  it('is had once, however many ask at once, however long ago', async () => {
    const id = await poolWith('basic');
    const asked = await Promise.allSettled([1, 2, 3].map(() => store.pools.startTrial(id, ADMIN)));
    expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    passes(400 * DAY_MS);
    await store.pools.setPlan(id, 'enterprise', ADMIN);
    await store.pools.setPlan(id, 'basic', ADMIN);
    await expect(store.pools.startTrial(id, ADMIN)).rejects.toMatchObject({ reason: 'TRIAL_ALREADY_USED' });
  });

  it('is not spent where the plan has connections', async () => {
    const id = await poolWith('enterprise');
    await expect(store.pools.startTrial(id, ADMIN)).rejects.toMatchObject({ reason: 'TRIAL_NOT_NEEDED' });
    await store.pools.setPlan(id, 'basic', ADMIN);
    expect((await store.pools.startTrial(id, ADMIN)).trial?.daysLeft).toBe(30);
  });
});

describe('a change of a plan', () => {
  it('leaves who, what and when', async () => {
    const id = await poolWith('basic');
    await store.pools.startTrial(id, ADMIN);
    passes(1_000);
    await store.pools.setPlan(id, 'enterprise', { actor: 'key-2' });
    const { items } = await store.audit.list(id, { size: 0, token: '' });
    const at = now;
    expect(items).toEqual([
      { at, actor: 'key-2', action: 'UserPoolService/SetPlan', target: 'plan enterprise', requestId: '' },
      {
        at: new Date(at.getTime() - 1_000),
        actor: 'key-1',
        action: 'UserPoolService/StartTrial',
        target: 'trial',
        requestId: 'request-1',
      },
    ]);
  });

  it.each(['00000000-0000-4000-8000-000000000000', 'no uuid'])(
    'of a pool that does not exist (%s) is refused',
    async (id) => {
      const reason = { reason: 'USER_POOL_NOT_FOUND' };
      await expect(store.pools.get(id)).rejects.toMatchObject(reason);
      await expect(store.pools.startTrial(id, ADMIN)).rejects.toMatchObject(reason);
      await expect(store.pools.setPlan(id, 'basic', ADMIN)).rejects.toMatchObject(reason);
    },
  );
});

it('a pool that is made leaves who made it, when and in which request, and without an author nothing', async () => {
  const wanted = { name: 'p', metadata: {}, revealRejectionDetails: false };
  const auditOf = async (id: string) => (await store.audit.list(id, { size: 0, token: '' })).items;
  expect(await auditOf((await store.pools.create(wanted, ADMIN)).id)).toEqual([
    { at: now, ...ADMIN, action: 'UserPoolService/CreateUserPool', target: 'user pool' },
  ]);
  expect(await auditOf((await store.pools.create(wanted)).id)).toEqual([]);
});
