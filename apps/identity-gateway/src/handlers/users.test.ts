import {
  ChangePasswordRequest,
  GetUserRequest,
  ListUsersRequest,
  RegisterRequest,
  UpdateUserRequest,
} from '@userferry/contracts/identity/v1/identity_service';
import { MigrationState, Profile } from '@userferry/contracts/identity/v1/user';
import { describe, expect, it } from 'vitest';
import { bodyWithoutPasswords } from '../connection/without-passwords.ts';
import type { Row } from '../testing/row.ts';
import { LEGACY_PROFILE } from '../testing/say.ts';
import { callFacts, tableWorld } from '../testing/table-world.ts';
import { toNewProfile, toUpdates } from './profile.ts';
import { toRefusal } from './refusal.ts';
import { listAllUsers } from './user-lists.ts';
import { toUserSelector } from './user-selector.ts';
import { changeUserPassword, getOneUser, registerUser, updateOneUser } from './users.ts';

const custom = (call: Row['call'], ...scripts: NonNullable<Row['scripts']>) =>
  tableWorld({ call, mode: 'custom', here: 'custom_user_store', scripts, answer: '' });
const email = { selector: { $case: 'email' as const, value: 'ada@example.com' } };
const numberSeven = {
  selector: { $case: 'ref' as const, value: { ref: { $case: 'externalIdNumber' as const, value: 7 } } },
};
const updatesOf = (fields: Partial<Profile>): Profile => ({ ...Profile.fromPartial({}), ...fields });

describe('what scripts are handed', () => {
  it('is getUser’s query with exactly what is known, the rest null', async () => {
    const { deps, traces } = custom('GetUser', ['getUser', 'profile']);
    await getOneUser(deps)(GetUserRequest.fromPartial({ userPoolId: 'pool', user: numberSeven }), callFacts());
    expect(traces.scripts[0]?.args[0]).toEqual({ id: 7, email: null, phone: null, username: null });
  });

  it('is createUser’s userInfo with the password, and null for what samples take apart', async () => {
    const { deps, traces } = custom('Register', ['getUser', 'null'], ['createUser', 'profile']);
    const profile = { email: 'ada@example.com', company: 'Acme', customDataJson: Buffer.from('{"tier":1}') };
    const request = RegisterRequest.fromPartial({ userPoolId: 'pool', profile, password: 'her password' });
    await registerUser(deps)(request, callFacts());
    expect(traces.scripts[1]?.args[0]).toEqual({
      email: 'ada@example.com',
      phone: null,
      username: null,
      nickname: null,
      photo: null,
      company: 'Acme',
      customData: { tier: 1 },
      password: 'her password',
    });
  });

  it('is updateUser’s id as a number, and what is set and cleared', async () => {
    const { deps, traces } = custom('UpdateUser', ['updateUser', 'profile']);
    const updates = updatesOf({ nickname: 'A', loginsCount: 5n });
    const user = numberSeven;
    const request = UpdateUserRequest.fromPartial({
      userPoolId: 'pool',
      user,
      updates,
      clear: ['phone'],
      password: 'p',
    });
    await updateOneUser(deps)(request, callFacts());
    expect(traces.scripts[0]?.args.slice(0, 2)).toEqual([
      7,
      { nickname: 'A', loginsCount: 5, phone: null, password: 'p' },
    ]);
  });

  it('is listUsers’ page from 1 and its limit', async () => {
    const { deps, traces } = custom('ListUsers', ['listUsers', 'page']);
    await listAllUsers(deps)(ListUsersRequest.fromPartial({ userPoolId: 'pool' }), callFacts());
    expect(traces.scripts[0]?.args.slice(0, 2)).toEqual([1, 20]);
  });

  it('has the request’s facts as context, and no password in its body', async () => {
    const { deps, traces } = custom('GetUser', ['getUser', 'profile']);
    const context = { appId: 'app', requestIp: '192.0.2.1', requestBodyJson: Buffer.from('{"password":"x","a":1}') };
    await getOneUser(deps)(GetUserRequest.fromPartial({ userPoolId: 'pool', user: email, context }), callFacts());
    expect(traces.scripts[0]?.args[1]).toMatchObject({
      userPoolName: 'Acme',
      appId: 'app',
      request: { ip: '192.0.2.1', body: { a: 1 } },
    });
    expect(JSON.stringify(traces.scripts[0]?.args[1])).not.toContain('"password"');
  });
});

it.each([5, 99, -1])(
  'a list of users is not taken for all of them where a state is asked for that there is not: %d',
  async (number) => {
    const { deps, traces } = custom('ListUsers', ['listUsers', 'page']);
    const request = {
      ...ListUsersRequest.fromPartial({ userPoolId: 'pool' }),
      migrationState: number as MigrationState,
    };
    const field = { reason: 'INVALID_ARGUMENT', metadata: { field: 'migration_state' } };
    await expect(async () => listAllUsers(deps)(request, callFacts())).rejects.toMatchObject(field);
    expect(traces.scripts).toEqual([]);
  },
);

it('a password in the request body, however deep and under whatever name, is in no script’s context', async () => {
  const { deps, traces } = custom('Register', ['getUser', 'null'], ['createUser', 'profile']);
  const input = { email: 'a@example.com', Password: 'other', secret: 'hunter2hunter2', compass: 'north' };
  const body = { variables: { input, list: ['hunter2hunter2', { raw: 'email=a&secret=hunter2hunter2&x' }] } };
  const request = RegisterRequest.fromPartial({
    ...{ userPoolId: 'pool', profile: { email: 'a@example.com' }, password: 'hunter2hunter2' },
    context: { requestBodyJson: Buffer.from(JSON.stringify(body)) },
  });
  await registerUser(deps)(request, callFacts());
  const bodies = traces.scripts.map(({ args }) => (args.at(-1) as { request: { body: unknown } }).request.body);
  const left = { variables: { input: { email: 'a@example.com', compass: 'north' }, list: [{}] } };
  expect(bodies).toEqual([left, left]);
});

it.each([
  ['a form', 'email=a%40x.example&secret=p%40ss+w%26rd%2F%C3%BC%22&x=%'],
  ['a form whose encoder is of old', 'secret=p%40ss%20w%26rd%2f%c3%bc%22'],
  ['JSON', '{"email":"a","secret":"p@ss w&rd/ü\\""}'],
  ['JSON in ASCII', '{"secret":"p\\u0040ss w\\u0026rd\\/\\u00FC\\u0022"}'],
  ['a form within JSON', '{"raw":"secret=p%40ss%20w%26rd%2F%C3%BC%22"}'],
])('a body has no text that is %s with the password in it', (_, raw) => {
  expect(bodyWithoutPasswords({ raw, a: 1 }, ['p@ss w&rd/ü"'])).toEqual({ a: 1 });
});

it('every run of a call knows its passwords, so that what is kept of the run holds none', async () => {
  const { deps, traces } = custom(
    'ChangePassword',
    ['getUser', 'profile'],
    ['validatePassword', 'true'],
    ['updateUser', 'profile'],
  );
  const passwords = { oldPassword: 'the old password', newPassword: 'the new password' };
  const request = ChangePasswordRequest.fromPartial({ userPoolId: 'pool', user: email, ...passwords });
  await changeUserPassword(deps)(request, callFacts());
  const known = traces.scripts.map((run) => run.passwords.toSorted());
  expect(known).toEqual(Array(3).fill(['the new password', 'the old password']));
  const context = traces.scripts[0]?.args.at(-1);
  expect(JSON.stringify(context)).not.toMatch(/the (old|new) password/);
});

it('a user is shown without the password of the call, whatever column of their row has it', async () => {
  const { deps } = custom('ChangePassword');
  const passwords = { oldPassword: 'the old password', newPassword: 'the new password' };
  const row = { id: 7, geheim: passwords.newPassword, before: passwords.oldPassword, town: 'Oslo' };
  const runScript: typeof deps.runScript = async ({ action }) => ({
    ...({ outcome: 'completed', logs: [], usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 } } as const),
    resultJson: JSON.stringify(action === 'validatePassword' ? true : row),
  });
  const request = ChangePasswordRequest.fromPartial({ userPoolId: 'pool', user: numberSeven, ...passwords });
  const { outcome } = await changeUserPassword({ ...deps, runScript })(request, callFacts());
  const shown = outcome?.$case === 'changed' ? outcome.value.profile?.customDataJson : undefined;
  expect(JSON.parse(Buffer.from(shown ?? []).toString())).toEqual({ town: 'Oslo' });
});

it('a body keeps what holds a weak password by chance', () => {
  const body = { email: 'ada1@example.com', name: 'ada1ne', said: ['ada1'], form: 'a=1&secret=ada1' };
  expect(bodyWithoutPasswords(body, ['ada1', ''])).toEqual({ email: 'ada1@example.com', name: 'ada1ne', said: [] });
});

it('a body of nine thousand levels is refused as the caller’s', async () => {
  const { deps } = custom('GetUser');
  const context = { requestBodyJson: Buffer.from(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`) };
  const request = GetUserRequest.fromPartial({ userPoolId: 'pool', user: email, context });
  await expect(getOneUser(deps)(request, callFacts())).rejects.toMatchObject({
    reason: 'INVALID_ARGUMENT',
    message: 'context.request_body_json is nested more than 32 deep',
  });
});

describe('what the caller gets', () => {
  it('is a legacy user by the legacy id alone, its type kept', async () => {
    const { deps } = custom('GetUser', ['getUser', 'profile']);
    const request = GetUserRequest.fromPartial({ userPoolId: 'pool', user: email });
    expect(await getOneUser(deps)(request, callFacts())).toMatchObject({
      outcome: {
        $case: 'found',
        value: {
          userId: '',
          externalRef: { ref: { $case: 'externalIdNumber', value: 7 } },
          profile: { email: LEGACY_PROFILE.email },
          migrationState: MigrationState.LEGACY,
        },
      },
    });
  });

  it('has a script’s own words only where the pool reveals them', () => {
    const base = { message: 'ours', detail: "the script's", code: 0, retryAfterMs: 9 } as const;
    const end = { step: 'reject', reason: 'VALIDATION_FAILED', ...base } as const;
    expect(toRefusal(end, false).value.message).toBe('ours');
    expect(toRefusal(end, true).value).toMatchObject({ message: "the script's", retryAfterMs: 9n });
  });
});

describe('a request that is wrong', () => {
  it('is told by the name that the field has in the contract', () => {
    const customDataJson = Buffer.from('{"a":"\\u0000"}');
    for (const [wrong, name] of [
      [{ loginsCount: -1n }, 'logins_count'],
      [{ lastIp: 'a\u0000b' }, 'last_ip'],
      [{ customDataJson }, 'custom_data_json'],
    ] as const)
      expect(() => toUpdates(updatesOf(wrong), [])).toThrow(
        expect.objectContaining({ metadata: { field: `updates.${name}` } }),
      );
  });

  const secret = 'x'.repeat(5_000);
  it.each([
    ['without an identifier', () => toNewProfile(updatesOf({ nickname: 'A' }))],
    ['with a field that is too long', () => toNewProfile(updatesOf({ email: 'a@b.c', nickname: secret }))],
    ['with a gender that is none', () => toUpdates(updatesOf({ gender: secret }), [])],
    ['that sets and clears a field', () => toUpdates(updatesOf({ nickname: 'A' }), ['nickname'])],
    ['that clears a field that no profile has', () => toUpdates(undefined, ['shoeSize'])],
    ['that has a value where the name of a field to clear is wanted', () => toUpdates(undefined, ['name', secret])],
    ['that deletes by an update', () => toUpdates(updatesOf({ isDeleted: true }), [])],
    ['that names nobody', () => toUserSelector(undefined)],
    [
      'that names somebody by an id that is too long',
      () =>
        toUserSelector({ selector: { $case: 'ref', value: { ref: { $case: 'externalIdString', value: secret } } } }),
    ],
  ])('%s is told which field, and never its value', (_, convert) => {
    expect(convert).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }));
    expect(convert).not.toThrow(expect.objectContaining({ message: expect.stringContaining('xxxx') }));
    const field = expect.stringContaining('xxxx');
    expect(convert).not.toThrow(expect.objectContaining({ metadata: expect.objectContaining({ field }) }));
  });
});
