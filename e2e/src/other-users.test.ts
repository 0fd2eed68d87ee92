/** Whoever calls for one user touches no other: of our store and the legacy one, whatever they are named by. */
import { ScriptAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { byLegacyId, byOurId, byUsername, type Caller, createCaller } from './legacy/caller.ts';
import { connect, createCompany, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import { type ReadyMade, startReadyMade } from './legacy/ready-made.ts';

const stack = new AsyncDisposableStack();
let shop: ReadyMade['shop'];
let ours: ReadyMade['ours'];
let readyMade: Caller;
beforeAll(async () => {
  const world = await startReadyMade(stack);
  ({ shop, ours } = world);
  const company = stack.use(await createCompany(ours, { name: 'ready-made', connection: world.connection }));
  readyMade = createCaller(company);
});
afterAll(() => stack.disposeAsync());

const [THEIRS, MINE] = ['owner-Secret-1', 'mallory-Secret-1'];
const uri = 'postgresql://u:p@127.0.0.1:1/x';
type Row = { id: number; email?: string; username?: string; password: string } & Record<string, unknown>;

/** Scripts whose legacy user store is an array. */
const lazy = (rows: readonly Row[]) => {
  const head = `const rows = ${JSON.stringify(rows)};
    const profileOf = ({ password, ...row }) => row;
    const find = (q) => rows.find((r) => (q.id != null && r.id === q.id) || (q.email && r.email === q.email) || (q.username && r.username === q.username));`;
  const scripts: Record<string, string> = {
    login: `${head} async function login(q, p) { const r = find(q); if (!r || r.password !== p) throw new WrongUsernameOrPasswordError('no'); return profileOf(r); }`,
    getUser: `${head} async function getUser(q) { const r = find(q); return r ? profileOf(r) : null; }`,
  };
  return { mode: 'LAZY_MIGRATION', uri, scriptOf: (action: string) => scripts[action] } as const;
};

const companyWith = async (name: string, rows: readonly Row[]) => {
  const company = stack.use(await createCompany(ours, { name, connection: lazy(rows) }));
  return { company, caller: createCaller(company), pool: { userPoolId: company.userPoolId } };
};

const listUsers = (company: LegacyCompany, totalCount: number, list = '[]') => {
  const source = `async function listUsers() { return { list: ${list}, totalCount: ${totalCount} }; }`;
  const what = { userPoolId: company.userPoolId, action: ScriptAction.LIST_USERS, source, language: 0 as const };
  return company.connections.saveScript(what, inTime());
};

it.each([
  ['blank', { email: ' bob@shop.example' }, { email: 'bob@shop.example', username: 'bob' }],
  ['NFD', { username: 'zoe\u0308' }, { email: 'zoe@shop.example', username: 'zo\u00eb' }],
  ['phone', { phone: '+1 202 555 0143' }, { email: 'ph@shop.example', username: 'ph', phone: '+12025550143' }],
])('nobody registers as a legacy user by a spelling that we take for the same: %s', async (_, mine, there) => {
  await shop.add({ ...there, password: THEIRS });
  expect((await readyMade.register(mine, MINE))?.$case).toBe('rejected');
  expect(await readyMade.login(byUsername(there.username), THEIRS)).toMatchObject({ $case: 'authenticated' });
});

it('nobody takes the identifiers of a legacy user by UpdateUser', async () => {
  const { caller } = await companyWith('2', [{ id: 1, email: 'v@x.example', username: 'v', password: THEIRS }]);
  await caller.register({ username: 'mallory' }, MINE);
  const updated = await caller.update(byUsername('mallory'), { email: 'v@x.example' });
  expect(updated?.$case).toBe('rejected');
  expect((await caller.login(byUsername('v'), THEIRS))?.$case).toBe('authenticated');
});

it('a user is not shown under a legacy id that is somebody else', async () => {
  const { caller, company, pool } = await companyWith('3', [{ id: 7, username: 'old7', password: MINE }]);
  const first = await caller.login(byUsername('old7'), MINE);
  const userId = first?.$case === 'authenticated' ? (first.value.user?.userId ?? '') : '';
  await company.connections.deleteConnection(pool, inTime());
  await connect(company, lazy([{ id: 7, username: 'other7', password: THEIRS }]));
  const shown = await caller.getUser(byOurId(userId));
  const ref = shown?.$case === 'found' ? shown.value.externalRef : undefined;
  expect(ref).toBeUndefined();
});

it('users of a deleted connection do not make another one safe to switch off', async () => {
  const { caller, company, pool } = await companyWith('4', [{ id: 1, username: 'a', password: THEIRS }]);
  await caller.login(byUsername('a'), THEIRS);
  await company.connections.deleteConnection(pool, inTime());
  await connect(company, lazy([{ id: 1, username: 'b', password: THEIRS }]));
  await listUsers(company, 1);
  const progress = await company.connections.getMigrationProgress(pool, inTime());
  expect(progress).toMatchObject({ migrated: 0n, safeToSwitchOff: false });
});

it('as many users here as there are is not everybody: rows that were deleted there are no longer among them', async () => {
  const rows = [1, 2, 3].map((id) => ({ id, username: `u${id}`, password: THEIRS }));
  const [gone, here, left] = rows as [Row, Row, Row];
  const { caller, company, pool } = await companyWith('switch off', [gone, here]);
  for (const { username = '' } of [gone, here]) await caller.login(byUsername(username), THEIRS);
  await connect(company, lazy([here, left]));
  await listUsers(company, 2, '[{ id: 2 }, { id: 3 }]');
  const progress = () => company.connections.getMigrationProgress(pool, inTime());
  expect(await progress()).toMatchObject({
    migrated: 2n,
    legacyTotal: 2n,
    safeToSwitchOff: false,
    reasons: [expect.stringContaining('1 user has not logged in'), expect.anything()],
  });
  await caller.login(byUsername(left.username ?? ''), THEIRS);
  expect(await progress()).toMatchObject({ migrated: 3n, safeToSwitchOff: true });
});

it('a deleted row there does not hide who has another of the identifiers', async () => {
  const { caller } = await companyWith('5', [
    { id: 1, email: 'dead@x.example', isDeleted: true, password: 'x' },
    { id: 2, username: 'live', password: THEIRS },
  ]);
  expect((await caller.register({ username: 'live' }, MINE))?.$case).toBe('rejected');
  expect((await caller.register({ email: 'dead@x.example', username: 'live' }, MINE))?.$case).toBe('rejected');
  expect((await caller.login(byUsername('live'), THEIRS))?.$case).toBe('authenticated');
});

it('ChangePassword does not say whether a new password is the one that is here', async () => {
  const { caller, company } = await companyWith('6', [{ id: 1, username: 'or', password: 'leaked-Secret-1' }]);
  await caller.login(byUsername('or'), 'leaked-Secret-1');
  await caller.change(byUsername('or'), { old: 'leaked-Secret-1', new: 'current-Secret-9' });
  await connect(company, lazy([{ id: 1, username: 'or2', password: 'leaked-Secret-1' }]));
  const guess = (password: string) => caller.change(byUsername('or2'), { old: 'leaked-Secret-1', new: password });
  for (let nth = 0; nth < 15; nth++) expect((await guess(`wrong guess ${nth}`))?.$case).toBe('rejected');
  expect(await guess('current-Secret-9')).toMatchObject({ $case: 'rejected', value: { reason: 'TOO_MANY_ATTEMPTS' } });
});

it('an update that is refused has set no password', async () => {
  const { caller } = await companyWith('7', [{ id: 1, username: 'half', password: THEIRS }]);
  await caller.register({ username: 'gone' }, MINE);
  await caller.delete(byUsername('gone'));
  const refused = await caller.update(byUsername('half'), { username: 'gone' }, { password: MINE });
  expect(refused).toMatchObject({ value: { reason: 'USER_TOMBSTONED' } });
  expect((await caller.login(byUsername('half'), MINE))?.$case).toBe('rejected');
  expect((await caller.login(byUsername('half'), THEIRS))?.$case).toBe('authenticated');
});

it('an update that would leave no identifier is refused, and has set no password', async () => {
  const { caller, company, pool } = await companyWith('7b', [{ id: 1, username: 'cl', password: THEIRS }]);
  const request = {
    ...pool,
    user: byUsername('cl'),
    updates: undefined,
    clear: ['username'],
    password: MINE,
    context: undefined,
  };
  await expect(company.identity.updateUser(request, inTime())).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  expect((await caller.login(byUsername('cl'), MINE))?.$case).toBe('rejected');
});

it('an update with a password of somebody whose profile has no identifier says so', async () => {
  const scripts: Record<string, string> = {
    login: `async function login() { return { id: 1 }; }`,
    getUser: `async function getUser() { return { id: 1 }; }`,
  };
  const connection = { mode: 'LAZY_MIGRATION', uri, scriptOf: (action: string) => scripts[action] } as const;
  const caller = createCaller(stack.use(await createCompany(ours, { name: 'nameless', connection })));
  const refused = await caller.update(byUsername('nn'), { nickname: 'N' }, { password: MINE });
  expect(refused).toMatchObject({ $case: 'rejected', value: { reason: 'VALIDATION_FAILED' } });
});

it('ChangePassword by a legacy id changes nobody else', async () => {
  const { caller, company } = await companyWith('8', []);
  expect(await caller.register({ email: 'shared@x.example', username: 'ada' }, MINE)).toMatchObject({
    $case: 'registered',
  });
  await connect(company, lazy([{ id: 2, email: 'shared@x.example', username: 'eve', password: THEIRS }]));
  const changed = await caller.change(byLegacyId(2), { old: MINE, new: 'changed-Secret-1' });
  expect(changed?.$case).toBe('rejected');
  expect((await caller.login(byUsername('ada'), MINE))?.$case).toBe('authenticated');
});

it('a right password of somebody who is blocked there is no guess', async () => {
  const { caller } = await companyWith('10', [{ id: 1, username: 'bl', blocked: true, password: THEIRS }]);
  for (let nth = 0; nth < 12; nth++)
    expect(await caller.login(byUsername('bl'), THEIRS)).toMatchObject({ value: { reason: 'USER_LOCKED' } });
});

it('who moved over is not looked at while the mode is another, and counts again, as they were left, once that ends', async () => {
  const rowOf = (password: string) => [{ id: 1, username: 'mo', password }];
  const { caller, company, pool } = await companyWith('11', rowOf(MINE));
  await caller.login(byUsername('mo'), MINE);
  const tried = async () => {
    const outcomes = [await caller.login(byUsername('mo'), MINE), await caller.login(byUsername('mo'), THEIRS)];
    return outcomes.map((outcome) => outcome?.$case);
  };
  await connect(company, { ...lazy(rowOf(THEIRS)), mode: 'CUSTOM_USER_STORE' });
  expect(await tried()).toEqual(['rejected', 'authenticated']);
  await company.connections.disableConnection(pool, inTime());
  expect(await tried()).toEqual(['authenticated', 'rejected']);
});

it('what stands for no e-mail and no phone in a database is nobody’s, and keeps nobody out', async () => {
  const none = { email: 'none', phone: '-' };
  const rows = [1, 2, 3, 4].map((id) => ({ id, username: `n${id}`, ...none, password: THEIRS }));
  const { caller } = await companyWith('12', rows);
  expect(await caller.login(byUsername('n1'), THEIRS)).toMatchObject({ $case: 'authenticated' });
  expect(await caller.login(byUsername('n2'), THEIRS)).toMatchObject({ $case: 'authenticated' });
  expect(await caller.delete(byUsername('n3'))).toMatchObject({ $case: 'deleted' });
  expect(await caller.login(byUsername('n4'), THEIRS)).toMatchObject({ $case: 'authenticated' });
});
