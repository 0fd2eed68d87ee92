/** The eight ready-made scripts for MongoDB, end to end, against the server that MONGODB_URL names, else the double. */
import type { ScriptAction } from '@userferry/script-contract';
import { templateOf } from '@userferry/script-templates';
import { startMongodb } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

const server = await startMongodb();
const uri = server.uriOf('userferry_ready_made');
let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(async () => {
  await host?.stop();
  await server.stop();
});

const runScript = (action: ScriptAction, args: readonly unknown[], env = { DB_CONNECTION_URI: uri }) =>
  host.run(templateOf('mongodb', action), { functionName: action, args: [...args, {}], env, timeoutMs: 30_000 });

/** What a script returned, or the name of what it threw. */
async function call(action: ScriptAction, ...args: unknown[]): Promise<unknown> {
  const { outcome, resultJson, error } = await runScript(action, args);
  if (outcome === 'completed') return JSON.parse(resultJson as string);
  return outcome === 'threw' ? error?.name : outcome;
}
type Profile = { id: string };
const created = async (userInfo: object): Promise<Profile> => (await call('createUser', userInfo)) as Profile;

const PREPARE = `async function login() { const client = await require('mongodb').MongoClient.connect(env.DB_CONNECTION_URI, { useNewUrlParser: true });
  const users = client.db().collection('users'); await users.deleteMany({});
  await users.createIndex({ email: 1 }, { unique: true, sparse: true }); await users.createIndex({ username: 1 }, { unique: true, sparse: true }); await client.close() }`;
beforeEach(async () => {
  expect(await host.run(PREPARE, { env: { DB_CONNECTION_URI: uri } })).toMatchObject({ outcome: 'completed' });
});

const NOBODY = { id: null, email: null, phone: null, username: null };
const ANN = { email: 'ann@b.example', username: 'ann', phone: '+4915100000', nickname: 'A.', password: 'right' };
const ANN_SHOWN = { email: 'ann@b.example', username: 'ann', phone: '+4915100000', nickname: 'A.' };

describe(`the ready-made scripts, ${server.description}`, () => {
  it('createUser gives the profile with an id, and no password', async () => {
    const made = await created(ANN);
    expect(made).toMatchObject({ ...ANN_SHOWN, id: expect.stringMatching(/^[0-9a-f]{24}$/) });
    expect(JSON.stringify(made)).not.toMatch(/password|right/);
  });

  it('createUser says that there is such a user already', async () => {
    await created(ANN);
    expect(await call('createUser', { email: 'ann@b.example', password: 'x' })).toBe('UserExistsError');
    expect(await call('createUser', { username: 'ann' })).toBe('UserExistsError');
    expect(await call('createUser', { email: 'other@b.example' })).toMatchObject({ email: 'other@b.example' });
  });

  it.each(['email', 'username', 'phone'] as const)('login proves the password of who is named by %s', async (name) => {
    const { id } = await created(ANN);
    const query = { email: null, phone: null, username: null, [name]: ANN[name] };
    expect(await call('login', query, 'right')).toMatchObject({ ...ANN_SHOWN, id });
    expect(await call('login', query, 'wrong')).toBe('WrongUsernameOrPasswordError');
    expect(await call('login', { ...query, [name]: 'nobody' }, 'right')).toBe('UserNotFoundError');
  });

  it('login and getUser take an e-mail in any case, where two differ in it the exact one, and a username as it is', async () => {
    const [{ id }, upper] = [await created(ANN), await created({ ...ANN, email: 'ANN@b.example', username: 'ANN' })];
    const named = (email: string) => call('login', { email, phone: null, username: null }, 'right');
    expect(await Promise.all(['ann@b.example', 'ANN@b.example'].map(named))).toMatchObject([{ id }, { id: upper.id }]);
    expect(await named('Ann@B.example')).toMatchObject({ username: expect.stringMatching(/^ann$/i) });
    expect(await call('getUser', { ...NOBODY, email: 'Ann@B.Example' })).toMatchObject({ nickname: 'A.' });
    expect(await call('getUser', { ...NOBODY, email: 'zoe@b.example', username: 'Ann' })).toBeNull();
  });

  it('login refuses whoever has no password', async () => {
    const { id } = await created({ username: 'bo' });
    expect(await call('login', { email: null, phone: null, username: 'bo' }, '')).toBe('WrongUsernameOrPasswordError');
    expect(await call('validatePassword', id, '')).toBe(false);
  });

  it('getUser finds by id and by any identifier, and gives null for nobody', async () => {
    const { id } = await created(ANN);
    expect(await call('getUser', { ...NOBODY, id })).toMatchObject({ ...ANN_SHOWN, id });
    expect(await call('getUser', { ...NOBODY, email: 'ann@b.example' })).toMatchObject({ id });
    expect(await call('getUser', { ...NOBODY, email: 'zoe@b.example', username: 'ann' })).toMatchObject({ id });
    expect(await call('getUser', { ...NOBODY, username: 'nobody' })).toBeNull();
    expect(await call('getUser', { ...NOBODY, id: 'f'.repeat(24) })).toBeNull();
    expect(await call('getUser', { ...NOBODY, id: 'no id of MongoDB' })).toBeNull();
  });

  it('searchUser finds a part of an identifier, whatever its case, and takes the keyword as it is', async () => {
    const { id } = await created(ANN);
    await created({ email: 'bob@b.example', nickname: 'B+' });
    expect(await call('searchUser', 'ANN@')).toMatchObject({ totalCount: 1, list: [{ id }] });
    expect(await call('searchUser', 'b.example')).toMatchObject({ totalCount: 2 });
    expect(await call('searchUser', 'B+')).toMatchObject({ totalCount: 1, list: [{ nickname: 'B+' }] });
    expect(await call('searchUser', '.*')).toEqual({ totalCount: 0, list: [] });
  });

  it('listUsers gives page after page, in one order', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await created({ username: name });
    const page = async (number: number) => (await call('listUsers', number, 2)) as { list: { username: string }[] };
    const pages = [await page(1), await page(2), await page(3), await page(4)];
    expect(pages.map(({ list }) => list.map(({ username }) => username).join(''))).toEqual(['ab', 'cd', 'e', '']);
    expect(pages[3]).toMatchObject({ totalCount: 5 });
  });

  it('updateUser gives the latest profile, null where nothing changes, and throws for nobody', async () => {
    const { id } = await created(ANN);
    expect(await call('updateUser', id, { nickname: 'New', email: 'new@b.example' })).toMatchObject({
      ...ANN_SHOWN,
      id,
      nickname: 'New',
      email: 'new@b.example',
    });
    expect(await call('updateUser', id, {})).toBeNull();
    expect(await call('updateUser', 'f'.repeat(24), { nickname: 'x' })).toBe('UserNotFoundError');
  });

  it('updateUser changes the password, and validatePassword tells old from new', async () => {
    const { id } = await created(ANN);
    expect(await call('validatePassword', id, 'right')).toBe(true);
    await call('updateUser', id, { password: 'changed' });
    expect([await call('validatePassword', id, 'right'), await call('validatePassword', id, 'changed')]).toEqual([
      false,
      true,
    ]);
    expect(await call('validatePassword', 'f'.repeat(24), 'x')).toBe('UserNotFoundError');
  });

  it('deleteUser deletes once', async () => {
    const { id } = await created(ANN);
    expect(await call('deleteUser', id)).toBe(true);
    expect(await call('deleteUser', id)).toBe('UserNotFoundError');
    expect(await call('getUser', { ...NOBODY, id })).toBeNull();
  });

  it.each([
    ['login', [{ ...NOBODY, email: 'a' }, 'x']],
    ['getUser', [{ ...NOBODY, email: 'a' }]],
    ['searchUser', ['a']],
    ['createUser', [{ email: 'a' }]],
    ['updateUser', ['f'.repeat(24), { nickname: 'x' }]],
    ['deleteUser', ['f'.repeat(24)]],
    ['listUsers', [1, 10]],
    ['validatePassword', ['f'.repeat(24), 'x']],
  ] as [ScriptAction, unknown[]][])('%s of a server that is down is an outage', async (action, args) => {
    const env = { DB_CONNECTION_URI: 'mongodb://127.0.0.1:1/legacy?serverSelectionTimeoutMS=200' };
    expect(await runScript(action, args, env)).toMatchObject({ outcome: 'store_unreachable' });
  });
});
