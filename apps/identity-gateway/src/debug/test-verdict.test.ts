import { ServiceError } from '@userferry/errors';
import type { RunResult, ScriptAction } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import type { SupposedMigration } from '../clients/login-store.ts';
import type { Migration } from '../clients/migration.ts';
import { callFacts } from '../testing/table-world.ts';
import { profileFields } from './profile-fields.ts';
import { testVerdict } from './test-verdict.ts';

const USAGE = { wallMs: 1, cpuMs: 1, heapBytes: 1 };
const returned = (value: unknown): RunResult => ({
  outcome: 'completed',
  resultJson: JSON.stringify(value),
  logs: [],
  usage: USAGE,
});
const threw = (name: string, message = 'no'): RunResult => ({
  outcome: 'threw',
  error: { name, message },
  logs: [],
  usage: USAGE,
});
const ended = (outcome: RunResult['outcome']): RunResult => ({ outcome, logs: [], usage: USAGE });

type World = {
  readonly mode?: 'lazy_migration' | 'custom_user_store';
  readonly preview?: Migration['verdict'] | Error;
};

const judge = async (action: ScriptAction, run: RunResult, { mode = 'lazy_migration', preview }: World = {}) => {
  const asked: SupposedMigration[] = [];
  const previewMigration = async (supposed: SupposedMigration) => {
    asked.push(supposed);
    if (preview instanceof Error) throw preview;
    return preview ?? 'migrated';
  };
  const args = [{ email: 'ada@example.com', phone: null, username: null }, 'hunter2'];
  const tested = { userPoolId: 'pool', action, args, settings: { connectionId: 'c', mode }, run };
  const { what, reason, message } = await testVerdict(tested, callFacts(), { logins: { previewMigration } });
  return { what, reason, message, asked };
};

describe('what a login would have done', () => {
  it.each([
    ['migrated', 'authenticated_and_migrated', ''],
    ['already_migrated', 'authenticated', ''],
    ['tombstoned', 'met_a_tombstone', 'INVALID_CREDENTIALS'],
    ['conflict', 'met_a_conflict', 'IDENTIFIER_CONFLICT'],
    ['locked', 'rejected', 'USER_LOCKED'],
  ] as const)('after a proven password, where our store says %s', async (preview, what, reason) => {
    const judged = await judge('login', returned({ id: 1 }), { preview });
    expect([judged.what, judged.reason]).toEqual([what, reason]);
    expect(judged.asked).toEqual([
      {
        userPoolId: 'pool',
        connectionId: 'c',
        profileJson: '{"id":1}',
        typed: { kind: 'email', value: 'ada@example.com' },
      },
    ]);
  });

  it.each([
    [returned(null), 'rejected', 'INVALID_CREDENTIALS'],
    [returned({ id: 1, blocked: true }), 'rejected', 'USER_LOCKED'],
    [threw('WrongUsernameOrPasswordError'), 'rejected', 'INVALID_CREDENTIALS'],
    [threw('TypeError'), 'been_undecided', 'SCRIPT_FAILED'],
    [returned({ email: 'a@b.c' }), 'been_undecided', 'INVALID_RESULT'],
    [ended('store_unreachable'), 'been_undecided', 'LEGACY_STORE_UNREACHABLE'],
    [ended('timed_out'), 'been_undecided', 'TIMED_OUT'],
  ])('without one our store is not asked (%#)', async (run, what, reason) => {
    const judged = await judge('login', run);
    expect([judged.what, judged.reason, judged.asked]).toEqual([what, reason, []]);
  });

  it('in a custom user store the user stays there, and our store is not asked', async () => {
    const judged = await judge('login', returned({ id: 1 }), { mode: 'custom_user_store' });
    expect([judged.what, judged.asked]).toEqual(['authenticated', []]);
  });

  it('is not known when our store cannot say, and the run is shown all the same', async () => {
    const preview = new ServiceError('UNIMPLEMENTED', 'a store of the version before');
    expect(await judge('login', returned({ id: 1 }), { preview })).toMatchObject({
      what: 'unknown',
      reason: 'UNIMPLEMENTED',
    });
  });

  it('is told with the script’s own words, and never with the password', async () => {
    const { message } = await judge('login', threw('Error', 'no such e-mail'));
    expect(message).toContain('no such e-mail');
    expect(message).not.toContain('hunter2');
  });
});

describe('what another call would have done', () => {
  it.each([
    ['getUser', returned(null), 'been_taken', 'there is no such user'],
    ['getUser', returned({ id: 1 }), 'been_taken', 'the user is found'],
    ['getUser', threw('Error'), 'been_undecided', 'the getUser script failed'],
    ['createUser', threw('UserExistsError'), 'rejected', 'exists already'],
    ['updateUser', returned(null), 'been_taken', 'nothing to change'],
    ['deleteUser', returned('yes'), 'been_undecided', 'must return true or false'],
    ['deleteUser', returned(true), 'been_taken', 'is deleted'],
    ['validatePassword', returned(false), 'rejected', 'the old password is wrong'],
    ['listUsers', returned({ totalCount: 9, list: [{ id: 1 }] }), 'been_taken', '1 of 9 users'],
    ['searchUser', returned({ totalCount: 1, list: [{}] }), 'been_undecided', 'list[0]'],
  ] as const)('%s (%#)', async (action, run, what, message) => {
    const judged = await judge(action, run);
    expect(judged).toMatchObject({ what, message: expect.stringContaining(message), asked: [] });
  });
});

describe('the profile of a run', () => {
  it('is told field by field, of a list for the user whom the schema refuses', () => {
    const states = (action: ScriptAction, run: RunResult) =>
      profileFields(action, run).map(({ name, state }) => `${name} ${state}`);
    expect(states('login', returned({ id: 1, email: 5 }))).toEqual(['id accepted', 'email wrong']);
    expect(states('listUsers', returned({ totalCount: 2, list: [{ id: 1 }, { id: 2, email: 5 }] }))).toEqual([
      'id accepted',
      'email wrong',
    ]);
    expect(states('listUsers', returned({ totalCount: 1, list: [{ id: 1 }] }))).toEqual(['id accepted']);
    for (const run of [returned(null), threw('Error'), ended('timed_out')]) expect(states('login', run)).toEqual([]);
    expect(states('deleteUser', returned(true))).toEqual([]);
  });
});
