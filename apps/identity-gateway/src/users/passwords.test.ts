import { describe, expect, it } from 'vitest';
import type { MigrationRequest } from '../clients/migration.ts';
import { proveLogin } from '../login/prove-login.ts';
import type { Row } from '../testing/row.ts';
import { callFacts, STORED, tableWorld } from '../testing/table-world.ts';
import { changePassword } from './change-password.ts';
import { deleteUser } from './delete-user.ts';
import { getUser } from './get-user.ts';
import { resetPassword } from './reset-password.ts';
import { updateUser } from './update-user.ts';
import type { UserScope as Scope } from './user-scope.ts';
import type { UserSelector } from './user-selector.ts';

const FACTS = { appId: '', appName: '', appMetadata: {}, ip: '192.0.2.1', geo: null, body: {} };
const EMAIL = { kind: 'email', value: 'ada@example.com' } as const;
const CHANGE = { oldPassword: 'the old password', newPassword: 'the new password' };

const world = (row: Omit<Row, 'answer'>) => {
  const { deps, traces } = tableWorld({ answer: '', ...row });
  const migrations: MigrationRequest[] = [];
  const migrateUser = async (request: MigrationRequest) => {
    migrations.push(request);
    return { verdict: 'migrated', user: STORED } as const;
  };
  const prepareMigration: typeof deps.logins.prepareMigration = (attempt) => ({
    migrate: (proven) => migrateUser({ attempt, ...proven, passwordIsNew: false }),
    [Symbol.dispose]: () => undefined,
  });
  const watched = { ...deps, logins: { ...deps.logins, migrateUser, prepareMigration } };
  return { scope: { userPoolId: 'pool', facts: FACTS, call: callFacts(), deps: watched }, traces, migrations };
};

describe('what is stored at a migration', () => {
  it('is the password that the legacy user store has proven, at a login', async () => {
    const { scope, migrations } = world({
      call: 'Login',
      mode: 'lazy',
      here: 'unknown',
      scripts: [['login', 'profile']],
    });
    const attempt = { userPoolId: 'pool', identifier: EMAIL, password: CHANGE.oldPassword, facts: FACTS };
    await proveLogin(attempt, scope.call, { ...scope.deps, timing: tableWorldTiming });
    expect(migrations).toMatchObject([{ passwordIsNew: false, attempt: { password: CHANGE.oldPassword } }]);
  });

  it('is the new password, said to be one, when it is changed before migration', async () => {
    const scripts = [['login', 'profile']] as const;
    const { scope, migrations, traces } = world({ call: 'ChangePassword', mode: 'lazy', here: 'not_found', scripts });
    await changePassword(EMAIL, CHANGE, scope);
    expect(traces.scripts[0]?.args[1]).toBe(CHANGE.oldPassword);
    expect(migrations).toMatchObject([{ passwordIsNew: true, attempt: { password: CHANGE.newPassword } }]);
  });

  it('holds the old password in no column of the row that the script returned, when it is changed before migration', async () => {
    const { scope, migrations } = world({ call: 'ChangePassword', mode: 'lazy', here: 'not_found' });
    const resultJson = JSON.stringify({ id: 7, email: EMAIL.value, geheim: CHANGE.oldPassword, town: 'Oslo' });
    const usage = { wallMs: 1, cpuMs: 1, heapBytes: 1 };
    const runScript: typeof scope.deps.runScript = async () => ({ outcome: 'completed', resultJson, logs: [], usage });
    await changePassword(EMAIL, CHANGE, { ...scope, deps: { ...scope.deps, runScript } });
    const stored = { id: 7, email: EMAIL.value, customData: { town: 'Oslo' } };
    expect(migrations.map(({ profileJson }) => JSON.parse(profileJson))).toEqual([stored]);
  });

  it('is the new password, said to be one, when it was forgotten before migration', async () => {
    const scripts = [['getUser', 'profile']] as const;
    const { scope, migrations } = world({ call: 'ResetPassword', mode: 'lazy', here: 'not_found', scripts });
    await resetPassword({ kind: 'external_id', value: 7 }, CHANGE.newPassword, scope);
    expect(migrations).toMatchObject([
      { passwordIsNew: true, attempt: { password: CHANGE.newPassword, identifier: EMAIL, facts: { ip: '192.0.2.1' } } },
    ]);
  });
});

describe('a new password for somebody who is here by then, and is deleted at that moment,', () => {
  const update = { updates: { nickname: 'A' }, password: CHANGE.newPassword };
  it.each([
    ['ResetPassword', (scope: Scope) => resetPassword(EMAIL, CHANGE.newPassword, scope)],
    ['UpdateUser', (scope: Scope) => updateUser(EMAIL, update, scope)],
  ] as const)('is a %s that may be repeated', async (call, make) => {
    const scripts = [['getUser', 'profile']] as const;
    const writes = [['MigrateUser', 'wrong_password']] as const;
    const { scope } = world({ call, mode: 'lazy', here: 'not_found', scripts, writes });
    const migrateUser = async () => ({ verdict: 'wrong_password' }) as const;
    const deps = { ...scope.deps, logins: { ...scope.deps.logins, migrateUser } };
    await expect(make({ ...scope, deps })).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
  });
});

describe('an update with a password before migration', () => {
  const update = { updates: { email: 'grace@navy.example' }, password: CHANGE.newPassword };
  const CAME = { ...STORED, externalRef: { ref: { $case: 'externalIdNumber', value: 7 } } } as typeof STORED;
  const updated = async (takenHere: string, { by = STORED, updates = update.updates } = {}) => {
    const scripts = [
      ['getUser', 'profile'],
      ['getUser', 'null'],
    ] as const;
    const { scope, migrations, traces } = world({ call: 'UpdateUser', mode: 'lazy', here: 'not_found', scripts });
    // Whoever is named is not here yet when the call begins.
    const first = takenHere === EMAIL.value ? 1 : 0;
    let looks = 0;
    const findUser: typeof scope.deps.users.findUser = async (pool, user, call) => {
      const found = await scope.deps.users.findUser(pool, user, call);
      if (user.value !== takenHere) return found;
      looks += 1;
      return looks > first ? { ...found, verdict: 'ok', user: by } : found;
    };
    const deps = { ...scope.deps, users: { ...scope.deps.users, findUser } };
    const { end } = await updateUser(EMAIL, { ...update, updates }, { ...scope, deps });
    return { end, migrations, writes: traces.writes };
  };

  it('sets none when somebody here has the identifier that it is to set', async () => {
    const { end, migrations, writes } = await updated('grace@navy.example');
    expect(end).toMatchObject({ step: 'reject', reason: 'USER_EXISTS' });
    expect([migrations, writes]).toEqual([[], []]);
  });

  it('sets it when a login at once has brought the user themselves here, who has the identifier', async () => {
    const { end } = await updated(EMAIL.value, { by: CAME, updates: { email: EMAIL.value } });
    expect(end).toMatchObject({ step: 'done' });
  });

  it('sets it when nobody has', async () => {
    const { end, migrations } = await updated('somebody@else.example');
    expect(end).toMatchObject({ step: 'done' });
    expect(migrations).toMatchObject([{ passwordIsNew: true, attempt: { password: CHANGE.newPassword } }]);
  });
});

describe('an address that is not in the profile of whom it finds', () => {
  const LOOK_ALIKE = { kind: 'email', value: 'ada@exämple.com' } as const;
  const update = { updates: { nickname: 'A' }, password: CHANGE.newPassword };
  const calls = [
    ['ResetPassword', (scope: Scope, user: UserSelector) => resetPassword(user, CHANGE.newPassword, scope)],
    ['UpdateUser', (scope: Scope, user: UserSelector) => updateUser(user, update, scope)],
  ] as const;
  const situations = [
    ['before migration', 'lazy', 'not_found', [['getUser', 'profile']]],
    ['in a custom user store', 'custom', 'custom_user_store', [['getUser', 'profile']]],
    ['as the alias of a user here', 'lazy', 'ok', []],
    ['as the alias of a user here, without a connection', 'local', 'ok', []],
  ] as const;
  const cases = calls.flatMap(([call, make]) => situations.map((situation) => ({ call, make, situation })));

  it.each(cases)('names nobody when $call sets a password $situation.0', async ({ call, make, situation }) => {
    const [, mode, here, scripts] = situation;
    const { scope, traces, migrations } = world({ call, mode, here, scripts });
    expect((await make(scope, LOOK_ALIKE)).end).toMatchObject({ step: 'reject', reason: 'USER_NOT_FOUND' });
    expect([migrations, traces.writes, traces.audited]).toEqual([[], [], []]);
    expect(traces.scripts.map(({ action }) => action)).toEqual(scripts.map(([action]) => action));
  });

  it('is that of the profile in another spelling all the same', async () => {
    const { scope, migrations } = world({
      call: 'ResetPassword',
      mode: 'lazy',
      here: 'not_found',
      scripts: [['getUser', 'profile']],
    });
    const { end } = await resetPassword({ kind: 'email', value: ' ADA@Example.com' }, CHANGE.newPassword, scope);
    expect(end).toMatchObject({ step: 'done' });
    expect(migrations).toMatchObject([{ attempt: { identifier: EMAIL } }]);
  });

  it.each([
    { kind: 'phone', value: '+49 30 1234567' },
    { kind: 'username', value: 'adá' },
  ] as const)('is not stored with a forgotten password where the profile may leave it out: $kind', async (user) => {
    const { scope, migrations } = world({
      call: 'ResetPassword',
      mode: 'lazy',
      here: 'not_found',
      scripts: [['getUser', 'profile']],
    });
    expect((await resetPassword(user, CHANGE.newPassword, scope)).end).toMatchObject({ step: 'done' });
    expect(migrations).toMatchObject([{ attempt: { identifier: EMAIL } }]);
  });
});

describe('a legacy id that whom it finds does not have', () => {
  const OTHER = { kind: 'external_id', value: '7abc' } as const;
  const update = { updates: { nickname: 'A' }, password: CHANGE.newPassword };
  const calls = [
    ['GetUser', (scope: Scope) => getUser(OTHER, scope), 'USER_NOT_FOUND'],
    ['ResetPassword', (scope: Scope) => resetPassword(OTHER, CHANGE.newPassword, scope), 'USER_NOT_FOUND'],
    ['ChangePassword', (scope: Scope) => changePassword(OTHER, CHANGE, scope), 'WRONG_OLD_PASSWORD'],
    ['UpdateUser', (scope: Scope) => updateUser(OTHER, update, scope), 'USER_NOT_FOUND'],
    ['DeleteUser', (scope: Scope) => deleteUser(OTHER, scope), 'USER_NOT_FOUND'],
  ] as const;
  const there = ['GetUser', 'ResetPassword', 'ChangePassword'];
  const situations = [
    ['before migration', 'lazy', 'not_found'],
    ['in a custom user store', 'custom', 'custom_user_store'],
  ] as const;
  const cases = calls.flatMap(([call, make, reason]) =>
    situations
      .filter(([, mode]) => mode === 'lazy' || there.includes(call))
      .map((situation) => ({ call, make, reason, situation })),
  );

  it.each(cases)('names nobody for $call $situation.0', async ({ call, make, reason, situation }) => {
    const [, mode, here] = situation;
    const scripts = [['getUser', 'profile']] as const;
    // An old password is counted as a wrong one.
    const writes = [['ChangePassword', 'wrong_password']] as const;
    const { scope, traces, migrations } = world({ call, mode, here, by: 'legacy id', scripts, writes });
    expect((await make(scope)).end).toMatchObject({ step: 'reject', reason });
    expect([migrations, traces.audited, traces.writes.filter((name) => name !== 'ChangePassword')]).toEqual([
      [],
      [],
      [],
    ]);
    expect(traces.scripts.map(({ action }) => action)).toEqual(['getUser']);
  });

  it('is the same id in the other type', async () => {
    const { scope } = world({ call: 'GetUser', mode: 'lazy', here: 'not_found', scripts: [['getUser', 'profile']] });
    const { end } = await getUser({ kind: 'external_id', value: '7' }, scope);
    expect(end).toMatchObject({ step: 'done', value: { externalId: 7 } });
  });
});

const tableWorldTiming = { begin: () => 0, holdBack: async () => undefined };

describe('too many wrong old passwords', () => {
  it.each([
    ['before migration', 'lazy', 'not_found', []],
    ['in a custom user store', 'custom', 'custom_user_store', [['getUser', 'profile']]],
  ] as const)('are answered %s without asking whether this one is right', async (_, mode, here, scripts) => {
    const { scope, traces } = world({ call: 'ChangePassword', mode, here, scripts });
    const checkLogin: typeof scope.deps.logins.checkLogin = async (attempt, call) => ({
      ...(await scope.deps.logins.checkLogin(attempt, call)),
      verdict: 'too_many_attempts',
      retryAfterMs: 4_000,
    });
    const deps = { ...scope.deps, logins: { ...scope.deps.logins, checkLogin } };
    const { end } = await changePassword(EMAIL, CHANGE, { ...scope, deps });
    expect(end).toMatchObject({ reason: 'TOO_MANY_ATTEMPTS', retryAfterMs: 4_000 });
    expect(traces.scripts.map(({ action }) => action)).toEqual(scripts.map(([action]) => action));
  });
});

it.each([
  ['of somebody who is blocked there', 'blocked profile', { reason: 'USER_LOCKED' }, 'undecided'],
  ['while the legacy user store is away', 'store unreachable', { reason: 'LEGACY_STORE_UNREACHABLE' }, 'undecided'],
  ['where the script breaks on it', 'TypeError', { reason: 'SCRIPT_FAILED' }, 'script_failed'],
] as const)('an old password before migration, %s, counts as in a login', async (_, say, reason, end) => {
  const scripts = [['login', say]] as const;
  const { scope, traces } = world({ call: 'ChangePassword', mode: 'lazy', here: 'not_found', scripts });
  expect((await changePassword(EMAIL, CHANGE, scope)).end).toMatchObject(reason);
  expect(traces.settled).toMatchObject([{ identifier: EMAIL, end }]);
});

describe('wrong old passwords for somebody who is not there count like those for somebody who is', () => {
  const NOBODY = { kind: 'email', value: ' Nobody@Example.com' } as const;
  const LEGACY_ID = { kind: 'external_id', value: 7 } as const;
  const counted = async (row: Omit<Row, 'answer' | 'call'>, user: UserSelector) => {
    const { scope } = world({ call: 'ChangePassword', ...row });
    const names: string[] = [];
    const isSpent = () => names.filter((name) => name === names.at(-1)).length > 10;
    const changePasswordHere: typeof scope.deps.users.changePassword = async ({ userId }) => {
      names.push(userId);
      return { verdict: isSpent() ? 'too_many_attempts' : 'wrong_password', user: undefined, retryAfterMs: 4_000 };
    };
    const checkLogin: typeof scope.deps.logins.checkLogin = async (attempt, call) => {
      names.push(attempt.identifier.value);
      const verdict = isSpent() ? 'too_many_attempts' : 'unknown';
      return { ...(await scope.deps.logins.checkLogin(attempt, call)), verdict, retryAfterMs: 4_000 };
    };
    const users = { ...scope.deps.users, changePassword: changePasswordHere };
    const deps = { ...scope.deps, users, logins: { ...scope.deps.logins, checkLogin } };
    const ends: string[] = [];
    for (let tries = 0; tries < 11; tries += 1) {
      const { end } = await changePassword(user, CHANGE, { ...scope, deps });
      ends.push('reason' in end ? end.reason : end.step);
    }
    return { ends, names: [...new Set(names)] };
  };
  const LIMITED = [...Array<string>(10).fill('WRONG_OLD_PASSWORD'), 'TOO_MANY_ATTEMPTS'];
  const asked = (count: number): Pick<Row, 'scripts'> => ({
    scripts: Array.from({ length: count }, () => ['getUser', 'null'] as const),
  });

  it.each([
    ['nobody, without a connection', { mode: 'local', here: 'not_found' }, NOBODY, 'email:nobody@example.com'],
    ['a deleted user', { mode: 'lazy', here: 'tombstoned' }, NOBODY, 'email:nobody@example.com'],
    ['a legacy id that nobody has', { mode: 'lazy', here: 'not_found', ...asked(11) }, LEGACY_ID, 'external_id:7'],
    [
      'nobody in a custom user store',
      { mode: 'custom', here: 'custom_user_store', ...asked(11) },
      NOBODY,
      NOBODY.value,
    ],
    ['a legacy id in a custom user store', { mode: 'custom', here: 'custom_user_store', ...asked(11) }, LEGACY_ID, '7'],
  ] as const)('%s', async (_, row, user, name) => {
    expect(await counted({ by: user === LEGACY_ID ? 'legacy id' : undefined, ...row } as never, user)).toEqual({
      ends: LIMITED,
      names: [name],
    });
  });
});

it('ends a call during which the mode was changed: what may be written is decided once', async () => {
  const { scope, traces } = world({ call: 'GetUser', mode: 'lazy', here: 'not_found' });
  const other = await scope.deps.settings.current('pool', { connectionId: 'connection', version: 1n }, scope.call);
  const settings = { current: async () => ({ ...other, mode: 'custom_user_store' as const }) };
  const call = getUser(EMAIL, { ...scope, deps: { ...scope.deps, settings } });
  await expect(call).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
  expect(traces.scripts).toEqual([]);
});
