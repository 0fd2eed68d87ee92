import { Plan } from '@userferry/contracts/management/v1/user_pool_service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byUsername, createCaller } from './legacy/caller.ts';
import { connect, createCompany, inTime, saveConnection } from './legacy/connect-company.ts';
import { type ReadyMade, startReadyMade } from './legacy/ready-made.ts';

const stack = new AsyncDisposableStack();
let shop: ReadyMade['shop'];
let ours: ReadyMade['ours'];
let connection: ReadyMade['connection'];
beforeAll(async () => {
  ({ shop, ours, connection } = await startReadyMade(stack));
});
afterAll(() => stack.disposeAsync());

const add = (username: string) => shop.add({ email: `${username}@shop.example`, username, password: 'there-Secret-1' });
const paymentRequired = { $case: 'undecided', value: { reason: 'PAYMENT_REQUIRED', code: 402 } };

describe('a plan without connections', () => {
  it('lets one be saved, and not switched on before a trial, of which there is one', async () => {
    using company = await createCompany(ours, { name: 'small', plan: Plan.BASIC });
    const { userPoolId, connections, pools } = company;
    await saveConnection(company, connection);
    const enable = () => connections.enableConnection({ userPoolId }, inTime());
    await expect(enable()).rejects.toMatchObject({ reason: 'PAYMENT_REQUIRED' });
    expect((await pools.startTrial({ userPoolId }, inTime())).userPool).toMatchObject({
      connectionsIncluded: true,
      trial: { daysLeft: 30 },
    });
    await enable();
    await add('trier');
    const login = () => createCaller(company).login(byUsername('trier'), 'there-Secret-1');
    expect(await login()).toMatchObject({ $case: 'authenticated', value: { migratedNow: true } });
    await expect(pools.startTrial({ userPoolId }, inTime())).rejects.toMatchObject({ reason: 'TRIAL_ALREADY_USED' });
  });

  it('with a trial that is over stops what needs scripts, and loses nothing: an upgrade brings all back', async () => {
    using company = await createCompany(ours, { name: 'tried', plan: Plan.BASIC });
    const { userPoolId, connections, pools } = company;
    await pools.startTrial({ userPoolId }, inTime());
    await connect(company, connection);
    const caller = createCaller(company);
    for (const name of ['came-in-time', 'comes-late']) await add(name);
    const login = (name: string) => caller.login(byUsername(name), 'there-Secret-1');
    /** As if the trial had begun so much earlier: the services' clocks are their machines'. */
    const passes = (time: string) =>
      ours.store.query('UPDATE user_pools SET trial_started_at = trial_started_at - $2::interval WHERE id = $1', {
        database: 'userferry',
        values: [userPoolId, time],
      });
    const trial = async () => (await pools.getUserPool({ userPoolId }, inTime())).userPool;

    await passes('29 days 1 hour');
    expect(await trial()).toMatchObject({ connectionsIncluded: true, trial: { daysLeft: 1 } });
    expect(await login('came-in-time')).toMatchObject({ value: { migratedNow: true } });
    const before = await connections.getConnection({ userPoolId }, inTime());

    await passes('23 hours');
    expect(await trial()).toMatchObject({ connectionsIncluded: false, trial: { daysLeft: 0 } });
    expect(await login('came-in-time')).toMatchObject({ $case: 'authenticated', value: { migratedNow: false } });
    expect(await login('comes-late')).toMatchObject(paymentRequired);
    await expect(connections.enableConnection({ userPoolId }, inTime())).rejects.toMatchObject({
      reason: 'PAYMENT_REQUIRED',
    });
    await expect(pools.startTrial({ userPoolId }, inTime())).rejects.toMatchObject({ reason: 'TRIAL_ALREADY_USED' });
    expect(await connections.getConnection({ userPoolId }, inTime())).toEqual(before);

    await pools.setPlan({ userPoolId, plan: Plan.ENTERPRISE }, inTime());
    expect(await connections.getConnection({ userPoolId }, inTime())).toEqual(before);
    expect(await login('comes-late')).toMatchObject({ $case: 'authenticated', value: { migratedNow: true } });
  });

  it('stops what needs scripts and loses nothing: with the plan back, all is as it was', async () => {
    using company = await createCompany(ours, { name: 'wavering' });
    await connect(company, connection);
    const { userPoolId, connections, pools } = company;
    const caller = createCaller(company);
    for (const name of ['stays', 'waits']) await add(name);
    const login = (name: string) => caller.login(byUsername(name), 'there-Secret-1');
    expect(await login('stays')).toMatchObject({ value: { migratedNow: true } });
    const before = await connections.getConnection({ userPoolId }, inTime());

    await pools.setPlan({ userPoolId, plan: Plan.BASIC }, inTime());
    expect(await login('stays')).toMatchObject({ $case: 'authenticated' });
    for (let n = 0; n < 12; n += 1) expect(await login('waits')).toMatchObject(paymentRequired);
    expect(await caller.getUser(byUsername('waits'))).toMatchObject(paymentRequired);
    expect(await connections.getConnection({ userPoolId }, inTime())).toEqual(before);

    await pools.setPlan({ userPoolId, plan: Plan.ENTERPRISE }, inTime());
    expect(await connections.getConnection({ userPoolId }, inTime())).toEqual(before);
    expect(await login('waits')).toMatchObject({ $case: 'authenticated', value: { migratedNow: true } });
  });
});
