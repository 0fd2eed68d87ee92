import { LoginSource } from '@userferry/contracts/identity/v1/identity_service';
import { MigrationState, type Profile } from '@userferry/contracts/identity/v1/user';
import { ConflictResolution, SaveConnectionRequest } from '@userferry/contracts/management/v1/connection_service';
import { ScriptAction, ScriptLanguage } from '@userferry/contracts/runner/v1/script_runner_service';
import { templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asText } from './as-text.ts';
import { allRuns } from './calls/log-history.ts';
import { byEmail, byUsername, type Caller, createCaller } from './legacy/caller.ts';
import { createCompany, inTime, type LegacyCompany } from './legacy/connect-company.ts';
import type { LegacyShop } from './legacy/legacy-shop.ts';
import { startReadyMade } from './legacy/ready-made.ts';
import type { Userferry } from './world.ts';

const stack = new AsyncDisposableStack();
let shop: LegacyShop;
let ours: Userferry;
let company: LegacyCompany;
let caller: Caller;

beforeAll(async () => {
  const world = await startReadyMade(stack);
  ({ shop, ours } = world);
  company = stack.use(await createCompany(ours, { name: 'lazy', connection: world.connection }));
  caller = createCaller(company);
});
afterAll(() => stack.disposeAsync());

const LOCAL_PASSWORD = 'local-Secret-1';
const passwordOf = (name: string) => `${name}-Secret-1`;
const addThere = (name: string, email = `${name}@shop.example`) =>
  shop.add({ email, username: name, nickname: `The ${name}`, password: passwordOf(name) });
const login = (name: string, password = passwordOf(name)) => caller.login(byUsername(name), password);
const register = (profile: Partial<Profile>) => caller.register(profile, LOCAL_PASSWORD);
const pool = () => ({ userPoolId: company.userPoolId });
const page = () => ({ ...pool(), pageSize: 50, pageToken: '' });

const fromLegacy = { $case: 'authenticated', value: { source: LoginSource.CUSTOM_DATABASE, migratedNow: true } };
const fromHere = { $case: 'authenticated', value: { source: LoginSource.LOCAL } };
const refused = { $case: 'rejected', value: { reason: 'INVALID_CREDENTIALS' } };

describe('a user of the legacy user store', () => {
  it('moves over at the first login and changes nothing there', async () => {
    await addThere('ann');
    const before = await shop.query('SELECT * FROM users');
    expect(await login('ann')).toMatchObject(fromLegacy);
    expect(await login('ann')).toMatchObject(fromHere);
    expect(await shop.query('SELECT * FROM users')).toEqual(before);
  });

  it('is known by an e-mail in any case: nobody registers under another spelling, and a login by it moves them', async () => {
    await addThere('Una', 'Una@Shop.example');
    expect(await register({ email: 'una@shop.EXAMPLE', username: 'other' })).toMatchObject({
      $case: 'rejected',
      value: { reason: 'USER_EXISTS' },
    });
    expect(await caller.login(byEmail('UNA@shop.example'), passwordOf('Una'))).toMatchObject(fromLegacy);
    expect(await caller.login(byEmail('una@shop.example'), passwordOf('Una'))).toMatchObject(fromHere);
  });

  it('sets a forgotten password before migration, and the old one is gone', async () => {
    await addThere('bea');
    expect(await caller.reset(byUsername('bea'), 'reset-Secret-2')).toMatchObject({
      $case: 'reset',
      value: { migrationState: MigrationState.MIGRATED },
    });
    expect(await login('bea', 'reset-Secret-2')).toMatchObject(fromHere);
    expect(await login('bea')).toMatchObject(refused);
  });

  it('changes the password before migration once the old one is proven there', async () => {
    await addThere('cid');
    const change = (old: string) => caller.change(byUsername('cid'), { old, new: 'changed-Secret-2' });
    expect(await change('not it')).toMatchObject({ value: { reason: 'WRONG_OLD_PASSWORD', code: 2203 } });
    expect(await change(passwordOf('cid'))).toMatchObject({ $case: 'changed' });
    expect(await login('cid', 'changed-Secret-2')).toMatchObject(fromHere);
    expect(await login('cid')).toMatchObject(refused);
  });

  it('stays out once deleted here, migrated or not, until the tombstone is lifted', async () => {
    for (const name of ['dan', 'eve']) await addThere(name);
    expect(await login('eve')).toMatchObject(fromLegacy);
    for (const name of ['dan', 'eve']) {
      expect(await caller.delete(byUsername(name))).toMatchObject({ $case: 'deleted' });
      expect(await login(name)).toMatchObject(refused);
      const again = { email: `${name}@shop.example`, username: `${name}-again` };
      expect(await register(again)).toMatchObject({ value: { reason: 'USER_TOMBSTONED', code: 2004 } });
    }
    const { tombstones } = await company.connections.listTombstones(page(), inTime());
    const tombstoneId = tombstones.find(({ identifiers }) => identifiers.includes('dan'))?.tombstoneId ?? '';
    await company.connections.liftTombstone({ ...pool(), tombstoneId }, inTime());
    expect(await login('dan')).toMatchObject(fromLegacy);
    expect(await login('eve')).toMatchObject(refused);
  });
});

describe('a registration', () => {
  it('of somebody new is kept here and touches nothing there', async () => {
    expect(await register({ email: 'new@shop.example', username: 'newcomer' })).toMatchObject({
      $case: 'registered',
      value: { migrationState: MigrationState.LOCAL },
    });
    expect(await login('newcomer', LOCAL_PASSWORD)).toMatchObject(fromHere);
    expect(await shop.countOf('new@shop.example')).toBe(0);
  });
});

describe('two people with one e-mail', () => {
  const collide = async (name: string) => {
    const email = `${name}@shared.example`;
    await register({ email, username: `${name}-here` });
    await addThere(`${name}-there`, email);
    expect(await login(`${name}-there`)).toMatchObject({ value: { reason: 'IDENTIFIER_CONFLICT' } });
    const { conflicts } = await company.connections.listConflicts(page(), inTime());
    expect(conflicts).toMatchObject([{ kind: 'email', value: email }]);
    return conflicts[0]?.conflictId ?? '';
  };
  const idOf = (outcome: Awaited<ReturnType<typeof login>>) =>
    outcome?.$case === 'authenticated' ? outcome.value.user?.userId : outcome?.$case;

  it('stay two, when the local one keeps it', async () => {
    const conflictId = await collide('fay');
    const resolution = ConflictResolution.KEEP_LOCAL;
    await company.connections.resolveConflict({ ...pool(), conflictId, resolution }, inTime());
    const [there, here] = [await login('fay-there'), await login('fay-here', LOCAL_PASSWORD)];
    expect([there, here]).toMatchObject([fromLegacy, fromHere]);
    expect(idOf(there)).not.toBe(idOf(here));
    expect(here).toMatchObject({ value: { user: { profile: { email: 'fay@shared.example' } } } });
  });

  it('stay two, when it is given to the legacy one', async () => {
    const conflictId = await collide('gus');
    const resolution = ConflictResolution.GIVE_TO_LEGACY;
    await company.connections.resolveConflict({ ...pool(), conflictId, resolution }, inTime());
    const [there, here] = [await login('gus-there'), await login('gus-here', LOCAL_PASSWORD)];
    expect([there, here]).toMatchObject([fromLegacy, fromHere]);
    expect(idOf(there)).not.toBe(idOf(here));
    expect(there).toMatchObject({ value: { user: { profile: { email: 'gus@shared.example' } } } });
  });

  it('become one when an administrator says that they are, with the password that is here', async () => {
    const conflictId = await collide('hal');
    const resolution = ConflictResolution.SAME_PERSON;
    await company.connections.resolveConflict({ ...pool(), conflictId, resolution }, inTime());
    const here = await login('hal-here', LOCAL_PASSWORD);
    expect(here).toMatchObject(fromHere);
    expect(await login('hal-there')).toMatchObject(refused);
    const { conflicts } = await company.connections.listConflicts(page(), inTime());
    expect(conflicts).toEqual([]);
  });
});

describe('an administrator', () => {
  it('saves over nothing that somebody else has saved since they looked', async () => {
    const { connections } = company;
    const look = async () => (await connections.getConnection(pool(), inTime())).connection;
    const seen = await look();
    const settings = (more: object) =>
      connections.saveConnection(
        SaveConnectionRequest.fromPartial({ ...pool(), mode: seen?.mode ?? 0, keepEnv: true, ...more }),
        inTime(),
      );
    const script = (expectedVersion: bigint | undefined) => {
      const what = { action: ScriptAction.GET_USER, source: templateOf('postgresql', 'getUser') };
      return connections.saveScript({ ...pool(), ...what, language: 0 as const, expectedVersion }, inTime());
    };
    const refused = { reason: 'CONCURRENT_CHANGE' };
    await script(seen?.version);
    await expect(script(seen?.version)).rejects.toMatchObject(refused);
    await settings({ egress: [{ host: '127.0.0.1', port: shop.port }], expectedVersion: seen?.version });
    await expect(settings({ expectedVersion: seen?.version })).rejects.toMatchObject(refused);
    expect((await look())?.egress).toHaveLength(1);
    await settings({ expectedVersion: (await look())?.version });
  });

  it('switches the connection off and on, at once', async () => {
    await addThere('ida');
    await company.connections.disableConnection(pool(), inTime());
    expect(await login('ida')).toMatchObject(refused);
    expect(await login('newcomer', LOCAL_PASSWORD)).toMatchObject(fromHere);
    await company.connections.enableConnection(pool(), inTime());
    expect(await login('ida')).toMatchObject(fromLegacy);
  });

  it('rolls a bad script back, and finds its run in the log history with its line and no password', async () => {
    await addThere('jon');
    const { versions } = await company.connections.listScriptVersions(page(), inTime());
    const good = versions.find(({ current }) => current)?.version ?? 0n;
    const source = 'async function login(query, password) {\n  console.log(query, password);\n  return nonsense.id;\n}';
    await company.connections.saveScript({ ...pool(), action: ScriptAction.LOGIN, source, language: 0 }, inTime());
    expect(await login('jon')).toMatchObject({ value: { reason: 'SCRIPT_FAILED', code: 603 } });
    await company.connections.rollbackScript({ ...pool(), version: good }, inTime());
    expect(await login('jon')).toMatchObject(fromLegacy);
    const failed = async () => (await allRuns(company)).find(({ error }) => error?.message.includes('nonsense'));
    await expect.poll(failed).toMatchObject({ error: { name: 'ReferenceError', line: 3 }, logs: [{ level: 'info' }] });
    expect(asText(await allRuns(company))).not.toMatch(/Secret/);
  });

  it('writes a script in TypeScript: it runs without its types, and every line in the log history is the author’s own', async () => {
    await addThere('kim');
    const TYPESCRIPT = { action: ScriptAction.LOGIN, language: ScriptLanguage.TYPESCRIPT };
    const save = (source: string) => company.connections.saveScript({ ...pool(), ...TYPESCRIPT, source }, inTime());
    const template = templateOf('postgresql', 'login');
    const typed = template.replace('login(query, password, context)', 'login(query: Query, password: string)');
    const source = `type Query = {\n  readonly email: string | null;\n};\n${typed}`;
    expect(source).toContain('password: string');
    await save(source);
    expect(await login('kim')).toMatchObject(fromLegacy);
    const kept = await company.connections.getScript({ ...pool(), action: ScriptAction.LOGIN, version: 0n }, inTime());
    expect(kept).toMatchObject({ source, language: ScriptLanguage.TYPESCRIPT });

    await addThere('leo');
    await save('interface A {\n  a: string;\n}\nasync function login(): Promise<A> {\n  return typedNonsense as A;\n}');
    expect(await login('leo')).toMatchObject({ value: { reason: 'SCRIPT_FAILED' } });
    const failed = async () => (await allRuns(company)).find(({ error }) => error?.message.includes('typedNonsense'));
    await expect.poll(failed).toMatchObject({ error: { name: 'ReferenceError', line: 5, column: 3 } });
    const refused = { reason: 'SCRIPT_INVALID', metadata: { line: '2', column: '1' } };
    await expect(save('function login() {}\nenum Kind { A }')).rejects.toMatchObject(refused);

    const versions = { fromVersion: kept.version - 1n, toVersion: kept.version };
    const { scripts } = await company.connections.diffScriptVersions({ ...pool(), ...versions }, inTime());
    expect(scripts[0]?.unified).toContain('+++ login.ts');
    expect(scripts[0]?.unified).toContain('+type Query = {');
    await company.connections.rollbackScript({ ...pool(), version: kept.version }, inTime());
    expect(await login('leo')).toMatchObject(fromLegacy);
  });

  it('sees how far the migration is, and who did what', async () => {
    const progress = await company.connections.getMigrationProgress(pool(), inTime());
    expect(progress.migrated).toBeGreaterThanOrEqual(7n);
    expect(progress.days).toHaveLength(30);
    expect(progress.days.at(-1)?.legacyLogins).toBeGreaterThanOrEqual(6n);
    expect(progress.legacyLoginShare).toBeGreaterThan(0);
    expect(progress.safeToSwitchOff).toBe(false);
    expect(progress.reasons.length).toBeGreaterThan(0);
    const { entries } = await company.pools.listAuditEntries(page(), inTime());
    const actions = new Set(entries.map(({ action }) => action));
    for (const call of ['SaveConnection', 'SaveScript', 'EnableConnection', 'DisableConnection', 'RollbackScript'])
      expect(actions).toContain(`ConnectionService/${call}`);
    for (const { actor, at } of entries) expect([actor, at]).toEqual([expect.stringMatching(/./), expect.any(Date)]);
  });
});
