import { ServiceError } from '@userferry/errors';
import type { Identifier, User } from '@userferry/user-model';
import type { Credential, LoginFacts } from '@userferry/user-store';
import { describe, expect, it } from 'vitest';
import { checkLogin, type LoginDeps } from './check-login.ts';

const now = new Date();
const credential: Credential = { scheme: 's', version: 1, pepperId: 'p1', cost: 4, hash: 'right' };
const ada: User = { userId: 'u1', profile: {}, migrationState: 'migrated', createdAt: now, updatedAt: now };
const identifier: Identifier = { kind: 'email', value: 'ada@example.com' };

type Situation = {
  readonly connection?: 'disabled' | 'lazy_migration' | 'custom_user_store';
  readonly user?: User;
  readonly withoutCredential?: true;
  readonly tombstoned?: true;
};

const factsOf = ({ connection }: Situation): LoginFacts => {
  const plan = { plan: 'enterprise', connectionsIncluded: true } as const;
  const pool = { id: 'p', name: 'p', metadata: {}, revealRejectionDetails: false, createdAt: now, ...plan };
  if (connection === undefined) return { pool };
  const mode = connection === 'custom_user_store' ? connection : 'lazy_migration';
  return { pool, connection: { connectionId: 'c', version: 1, enabled: connection !== 'disabled', mode } };
};

/** A store in that situation, a hasher that keeps a record, and the one password "right". */
const check = async (situation: Situation, password: string) => {
  const work: string[] = [];
  const { user, tombstoned = false, withoutCredential } = situation;
  const stored = user && (withoutCredential ? { user } : { user, credential });
  const found = stored ? { verdict: 'ok', ...stored } : { verdict: tombstoned ? 'tombstoned' : 'not_found' };
  const elsewhere = situation.connection === 'custom_user_store';
  const attempt = { allowed: true };
  const deps = {
    store: {
      users: { beginLogin: async () => ({ facts: factsOf(situation), attempt, ...(!elsewhere && { found }) }) },
      attempts: {
        proven: async () => undefined,
        loggedIn: async () => undefined,
      },
    },
    passwords: {
      verify: async (given: string, { hash }: Credential) => {
        work.push('real');
        return given === hash;
      },
      verifyNobody: async () => {
        work.push('dummy');
        return false;
      },
    },
  } as unknown as LoginDeps;
  const { answer } = await checkLogin(
    { userPoolId: 'p', identifier, password, address: '' },
    new AbortController().signal,
    deps,
  );
  return [answer.verdict, ...work];
};

const blocked: User = { ...ada, profile: { blocked: true } };

describe('the time of a login', () => {
  it.each<[string, Situation, string, string[]]>([
    ['a right password', { user: ada }, 'right', ['verified', 'real']],
    ['a wrong password', { user: ada }, 'wrong', ['wrong_password', 'real']],
    ['a locked user', { user: blocked }, 'right', ['locked', 'real']],
    ['a locked user and a wrong password', { user: blocked }, 'wrong', ['wrong_password', 'real']],
    ['a user without a password', { user: ada, withoutCredential: true }, 'right', ['wrong_password', 'dummy']],
    ['an unknown user without a connection', {}, 'right', ['unknown', 'dummy']],
    ['an unknown user, connection disabled', { connection: 'disabled' }, 'right', ['unknown', 'dummy']],
    ['a tombstoned user', { tombstoned: true, connection: 'lazy_migration' }, 'right', ['tombstoned', 'dummy']],
  ])('is one hash for %s', async (_, situation, password, expected) => {
    expect(await check(situation, password)).toEqual(expected);
  });

  it.each<[string, Situation]>([
    ['an unknown user in lazy migration', { connection: 'lazy_migration' }],
    ['anyone in custom-user-store mode', { connection: 'custom_user_store', user: ada }],
  ])('is left to the script for %s', async (_, situation) => {
    expect(await check(situation, 'right')).toEqual(['unknown']);
  });
});

describe('an attempt', () => {
  /** What the store was told of one login, when the password can be checked and when it cannot. */
  const told = async (verify: () => Promise<boolean>, user: User = ada) => {
    const said: string[] = [];
    const say = (what: string) => async () => void said.push(what);
    const deps = {
      store: {
        users: {
          beginLogin: async () => {
            said.push('begun');
            const found = { verdict: 'ok', user, credential };
            return { facts: factsOf({}), found, attempt: { allowed: true } };
          },
        },
        attempts: {
          proven: say('proven'),
          loggedIn: say('login'),
          undecided: say('undecided'),
        },
      },
      passwords: { verify },
    } as unknown as LoginDeps;
    const attempt = { userPoolId: 'p', identifier, password: 'x', address: '' };
    await checkLogin(attempt, new AbortController().signal, deps).catch(() => said.push('failed'));
    return said;
  };

  it('counts when the password was wrong, and is settled when it was right', async () => {
    expect(await told(async () => false)).toEqual(['begun']);
    expect(await told(async () => true)).toEqual(['begun', 'login']);
    expect(await told(async () => true, blocked)).toEqual(['begun', 'proven']);
  });

  it('is given back when nobody could check: too many passwords at once, a caller who hung up', async () => {
    const overloaded = () => Promise.reject(new ServiceError('SERVICE_UNAVAILABLE', 'too many'));
    expect(await told(overloaded)).toEqual(['begun', 'undecided', 'failed']);
  });
});

it.each<[string, object]>([
  ['lives elsewhere', {}],
  ['is not here', { found: { verdict: 'not_found' } }],
])('a login whose check ended after its caller’s time does not count, of a user who %s', async (_, known) => {
  const ending = new AbortController();
  const given: string[] = [];
  const beginLogin = async () => {
    ending.abort();
    return { facts: factsOf({ connection: 'custom_user_store' }), attempt: { allowed: true }, ...known };
  };
  const undecided = async () => void given.push('back');
  const deps = { store: { users: { beginLogin }, attempts: { undecided } }, passwords: {} } as unknown as LoginDeps;
  const attempt = { userPoolId: 'p', identifier, password: 'right', address: '' };
  await expect(checkLogin(attempt, ending.signal, deps)).rejects.toThrow('abort');
  expect(given).toEqual(['back']);
});
