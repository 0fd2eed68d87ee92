import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN, credentialOf, poolWithConnection, useTestStore } from '../../store-for-tests.ts';
import type { ConnectionChange } from './connection-types.ts';

let now = new Date('2026-11-24T12:00:00Z');
const { database, store } = useTestStore({ clock: () => now });
let userPoolId: string;
let connectionId: string;
beforeEach(async () => {
  ({ userPoolId, connectionId } = await poolWithConnection(store));
});

const save = (change: Partial<ConnectionChange>) =>
  store.connections.save({
    userPoolId,
    mode: 'lazy_migration',
    egress: [{ host: 'db', port: 5432 }],
    ...ADMIN,
    ...change,
  });
const saveScript = (source: string, action = 'login') =>
  store.connections.saveScript({ userPoolId, action, source, ...ADMIN });
const scriptOf = (version: number, action = 'login') => store.connections.script({ userPoolId, action, version });
const rollBack = (version: number) => store.connections.rollBack({ userPoolId, version, ...ADMIN });
const versions = async () => (await store.connections.versions(userPoolId, { size: 0, token: '' })).items;

describe('the versions of a connection', () => {
  it('say who saved what, when, the newest first', async () => {
    await saveScript('one');
    now = new Date(now.getTime() + 1_000);
    await save({ mode: 'custom_user_store', ownEnv: { A: 'b' }, egress: [], actor: 'key-2' });
    const [third, second, first] = await versions();
    expect(third).toEqual({
      version: 3,
      savedAt: now,
      savedBy: 'key-2',
      changes: ['mode', 'env', 'egress'],
      mode: 'custom_user_store',
      savedActions: ['login'],
      current: true,
    });
    expect(second).toMatchObject({ changes: ['script login'], current: false, savedBy: 'key-1' });
    expect(first).toMatchObject({ changes: ['mode', 'address', 'env', 'egress'], savedActions: [] });
    expect(JSON.stringify([third, second, first])).not.toContain('s3cr3t');
  });

  it('keep what runs share as it was saved, name it where it differs, and a save that does not say means warm', async () => {
    await save({ isolation: 'per_run' });
    expect(await store.connections.settings(userPoolId)).toMatchObject({ version: 2, isolation: 'per_run' });
    await saveScript('one');
    expect(await store.connections.get(userPoolId)).toMatchObject({ version: 3, isolation: 'per_run' });
    await save({});
    expect(await store.connections.get(userPoolId)).toMatchObject({ version: 4, isolation: 'warm' });
    expect(await rollBack(2)).toMatchObject({ version: 5, isolation: 'per_run' });
    expect(await store.connections.compare({ userPoolId, from: 4, to: 5 })).toMatchObject({ changes: ['isolation'] });
    const [, fourth, , second] = await versions();
    expect([fourth?.changes, second?.changes]).toEqual([['isolation'], ['isolation']]);
  });

  it('come page by page', async () => {
    for (const source of ['a', 'b', 'c', 'd']) await saveScript(source);
    const first = await store.connections.versions(userPoolId, { size: 3, token: '' });
    const second = await store.connections.versions(userPoolId, { size: 3, token: first.nextPageToken });
    expect([...first.items, ...second.items].map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    expect(second.nextPageToken).toBe('');
    const foreign = store.connections.versions(userPoolId, { size: 3, token: 'WyJ4Il0' });
    await expect(foreign).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('keep every script as it was, to be read and compared', async () => {
    await saveScript('one');
    await saveScript('two');
    await saveScript('lookup', 'getUser');
    expect(await scriptOf(0)).toEqual({ source: 'two', version: 4 });
    expect(await Promise.all([2, 3, 4].map(async (version) => (await scriptOf(version)).source))).toEqual([
      'one',
      'two',
      'two',
    ]);
    await expect(scriptOf(3, 'getUser')).rejects.toMatchObject({ reason: 'SCRIPT_NOT_FOUND' });
    for (const version of [5, -1, 1.5, 2 ** 40, Number.NaN])
      await expect(scriptOf(version)).rejects.toMatchObject({ reason: 'VERSION_NOT_FOUND' });
  });

  it('are numbered without a gap when several save at once', async () => {
    await Promise.all([...'abcdef'].map((source) => saveScript(source)));
    expect((await versions()).map(({ version }) => version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });
});

describe('going back', () => {
  it('brings mode, settings and all scripts of a version back together, as a new one', async () => {
    await saveScript('one');
    const before = await store.connections.settings(userPoolId);
    await save({ mode: 'custom_user_store', addressEnv: { DB_CONNECTION_URI: 'other' }, ownEnv: {}, egress: [] });
    await saveScript('two');
    await saveScript('lookup', 'getUser');
    const connection = await rollBack(2);
    expect(connection).toMatchObject({ version: 6, mode: 'lazy_migration', savedActions: ['login'] });
    expect(await store.connections.settings(userPoolId)).toEqual({ ...before, version: 6 });
    expect((await versions())[0]).toMatchObject({ version: 6, changes: ['rollback to 2'], current: true });
    expect((await scriptOf(5, 'getUser')).source).toBe('lookup');
  });

  it('is told to the next login at once, and leaves it switched on or off as it was', async () => {
    await saveScript('one');
    await store.connections.setEnabled({ userPoolId, enabled: true, ...ADMIN });
    await rollBack(1);
    const { connection } = await store.pools.loginFacts(userPoolId);
    expect(connection).toMatchObject({ version: 3, enabled: true });
  });

  it('to a version that is not there changes nothing', async () => {
    for (const version of [2, 0, -1])
      await expect(rollBack(version)).rejects.toMatchObject({ reason: 'VERSION_NOT_FOUND' });
    expect(await versions()).toHaveLength(1);
  });
});

describe('a script in TypeScript', () => {
  it('runs without its types, is read as it was written, and is compared so', async () => {
    await saveScript('one');
    const script = { action: 'login', source: 'let a        ', language: 'typescript', written: 'let a: string' };
    await store.connections.saveScript({ userPoolId, ...script, ...ADMIN });
    expect((await store.connections.settings(userPoolId)).scripts).toEqual([
      { action: 'login', source: 'let a        ' },
    ]);
    expect(await scriptOf(3)).toEqual({ source: 'let a: string', language: 'typescript', version: 3 });
    expect(await scriptOf(2)).toEqual({ source: 'one', language: undefined, version: 2 });
    const { scripts } = await store.connections.compare({ userPoolId, from: 2, to: 0 });
    expect(scripts).toEqual([{ action: 'login', from: 'one', to: 'let a: string', language: 'typescript' }]);
    await rollBack(3);
    expect(await scriptOf(0)).toMatchObject({ source: 'let a: string', version: 4 });
  });
});

describe('a deleted connection', () => {
  const deleteIt = () => store.connections.delete({ userPoolId, ...ADMIN });

  it('leaves no settings, secrets or scripts of any version, sealed or not', async () => {
    await saveScript('one');
    await save({ ownEnv: { A: 'b' } });
    await deleteIt();
    for (const table of ['connection_versions', 'scripts'])
      expect(await database.query(`SELECT 1 FROM ${table} WHERE connection_id = $1`, [connectionId])).toEqual([]);
    const gone = { reason: 'CONNECTION_NOT_FOUND' };
    await expect(store.connections.get(userPoolId)).rejects.toMatchObject(gone);
    await expect(store.connections.settings(userPoolId)).rejects.toMatchObject(gone);
    await expect(deleteIt()).rejects.toMatchObject(gone);
    expect((await store.pools.loginFacts(userPoolId)).connection).toBe(undefined);
  });

  it('leaves the users who have migrated, with their legacy ids', async () => {
    const typed = { kind: 'email', value: 'ada@example.com' } as const;
    const proven = { userPoolId, connectionId, externalId: 7, profile: {}, typed, credential: credentialOf('one') };
    await store.users.migrate(proven);
    await deleteIt();
    expect(await store.users.find(userPoolId, typed)).toMatchObject({ verdict: 'ok', credential: { hash: 'one' } });
    expect(await store.users.find(userPoolId, { externalId: 7 })).toMatchObject({ user: { externalId: 7 } });
    await expect(store.users.migrate({ ...proven, externalId: 8 })).rejects.toMatchObject({
      reason: 'CONCURRENT_CHANGE',
    });
  });

  it('has given legacy ids that name nobody once there is another, whose users are others', async () => {
    const typed = { kind: 'email', value: 'ada@example.com' } as const;
    const proven = { userPoolId, connectionId, externalId: 7, profile: {}, typed, credential: credentialOf('one') };
    await store.users.migrate(proven);
    await deleteIt();
    const next = await save({});
    expect(await store.users.find(userPoolId, { externalId: 7 })).toEqual({ verdict: 'not_found' });
    const bob = {
      ...proven,
      connectionId: next.connectionId,
      typed: { kind: 'email', value: 'bob@example.com' },
    } as const;
    expect((await store.users.migrate(bob)).verdict).toBe('migrated');
    const found = await store.users.find(userPoolId, { externalId: 7 });
    expect(found).toMatchObject({ user: { profile: { email: 'bob@example.com' } } });
  });

  it('makes room for a new one, which starts from nothing', async () => {
    await saveScript('one');
    await deleteIt();
    const again = await save({});
    expect(again.connectionId).not.toBe(connectionId);
    expect(again).toMatchObject({ version: 3, enabled: false, envNames: [], savedActions: [] });
  });
});

describe('the audit of a connection', () => {
  it('names every change with its author, and no secret', async () => {
    await saveScript('// s3cr3t');
    await save({ ownEnv: { TOKEN: 's3cr3t-2' } });
    await store.connections.setEnabled({ userPoolId, enabled: true, ...ADMIN });
    await store.connections.setEnabled({ userPoolId, enabled: false, ...ADMIN });
    await rollBack(1);
    await store.connections.delete({ userPoolId, ...ADMIN });
    const { items } = await store.audit.list(userPoolId, { size: 0, token: '' });
    expect(items.map(({ action, target }) => `${action.split('/')[1]}: ${target}`).sort()).toEqual([
      `DeleteConnection: connection ${connectionId}`,
      'DisableConnection: version 3',
      'EnableConnection: version 3',
      'RollbackScript: version 4, rollback to 1',
      'SaveConnection: version 1, mode, address, env, egress',
      'SaveConnection: version 3, env',
      'SaveScript: version 2, script login',
    ]);
    expect(new Set(items.map(({ actor }) => actor))).toEqual(new Set(['key-1']));
    expect(JSON.stringify(items)).not.toContain('s3cr3t');
  });
});
