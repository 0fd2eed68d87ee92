import { ServiceError } from '@userferry/errors';
import { describe, expect, it } from 'vitest';
import type { Row } from '../testing/row.ts';
import { callFacts, tableWorld } from '../testing/table-world.ts';
import type { Rejection } from './even-timing.ts';
import { proveLogin } from './prove-login.ts';

const FACTS = { appId: '', appName: '', appMetadata: {}, ip: '192.0.2.1', geo: null, body: {} };
const attempt = {
  userPoolId: 'pool',
  identifier: { kind: 'email', value: 'ada@example.com' },
  password: 'secret words',
  facts: FACTS,
} as const;

const proveHeld = async (row: Omit<Row, 'call' | 'answer'>) => {
  const held: Rejection[] = [];
  const { deps } = tableWorld({ call: 'Login', answer: '', ...row });
  const holdBack = async (rejection: Rejection) => void held.push(rejection);
  await proveLogin(attempt, callFacts(), { ...deps, timing: { begin: () => 5, holdBack } });
  return held;
};

describe('what is held back', () => {
  it('is every rejection on a connection that is switched on, whether the script was asked or not', async () => {
    const unknown = await proveHeld({ mode: 'lazy', here: 'unknown', scripts: [['login', 'Error']] });
    const wrong = await proveHeld({ mode: 'lazy', here: 'wrong_password' });
    const tombstoned = await proveHeld({ mode: 'lazy', here: 'tombstoned' });
    expect([unknown, wrong, tombstoned].map(([rejection]) => rejection)).toEqual([
      { connectionId: 'connection', beganMs: 5, ranScript: true, mixed: true },
      { connectionId: 'connection', beganMs: 5, ranScript: false, mixed: true },
      { connectionId: 'connection', beganMs: 5, ranScript: false, mixed: true },
    ]);
  });

  it.each([
    ['a success of ours', { mode: 'lazy', here: 'verified' }],
    ['a success of the script', { mode: 'lazy', here: 'unknown', scripts: [['login', 'profile']] }],
    ['an outage', { mode: 'lazy', here: 'unknown', scripts: [['login', 'store unreachable']] }],
    ['a limit', { mode: 'lazy', here: 'too_many_attempts' }],
    ['a rejection without a connection', { mode: 'local', here: 'unknown' }],
  ] as const)('is not %s', async (_, row) => {
    expect(await proveHeld(row)).toEqual([]);
  });
});

describe('an attempt that fails through our own fault', () => {
  const row = { call: 'Login', mode: 'lazy', here: 'unknown', scripts: [['login', 'profile']], answer: '' } as const;
  const down = async () => {
    throw new ServiceError('SERVICE_UNAVAILABLE', 'away');
  };

  it('does not count when the script-runner is away', async () => {
    const { deps, traces } = tableWorld(row);
    await expect(proveLogin(attempt, callFacts(), { ...deps, runScript: down })).rejects.toThrow('away');
    expect(traces.settled).toMatchObject([{ end: 'undecided', ip: '192.0.2.1', byLegacyStore: false }]);
  });

  it('does not count when the store is away at the migration', async () => {
    const { deps, traces } = tableWorld(row);
    const prepareMigration = () => ({ migrate: down, [Symbol.dispose]: () => undefined });
    const logins = { ...deps.logins, prepareMigration };
    await expect(proveLogin(attempt, callFacts(), { ...deps, logins })).rejects.toThrow('away');
    expect(traces.settled).toMatchObject([{ end: 'undecided' }]);
  });
});

it('says of a password that a custom user store proved who proved it', async () => {
  const { deps, traces } = tableWorld({
    call: 'Login',
    mode: 'custom',
    here: 'unknown',
    scripts: [['login', 'profile']],
    answer: '',
  });
  await proveLogin(attempt, callFacts(), deps);
  expect(traces.settled).toMatchObject([{ end: 'proven', byLegacyStore: true }]);
});

it.each(['email', 'phone', 'username'] as const)('asks the script by %s alone where that was typed', async (kind) => {
  const { deps, traces } = tableWorld({
    call: 'Login',
    mode: 'custom',
    here: 'unknown',
    scripts: [['login', 'null']],
    answer: '',
  });
  await proveLogin({ ...attempt, identifier: { kind, value: 'typed' } }, callFacts(), deps);
  const [query, password] = traces.scripts[0]?.args ?? [];
  expect(query).toEqual({ email: null, phone: null, username: null, [kind]: 'typed' });
  expect(password).toBe(attempt.password);
});

it('of a custom user store shows no password that stands in whatever column of the row that its script returned', async () => {
  const { deps } = tableWorld({ call: 'Login', mode: 'custom', here: 'unknown', answer: '' });
  const resultJson = JSON.stringify({ id: 7, geheim: attempt.password, town: 'Oslo' });
  const runScript = async () => ({
    ...({ outcome: 'completed', resultJson, logs: [] } as const),
    usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
  });
  const { end } = await proveLogin(attempt, callFacts(), { ...deps, runScript });
  expect(end).toMatchObject({ step: 'authenticated', user: { profile: { customData: { town: 'Oslo' } } } });
  expect(JSON.stringify(end)).not.toContain(attempt.password);
});

describe('while a script runs, our store prepares for the user', () => {
  type Login = Omit<Row, 'call' | 'answer'>;
  const played = async (row: Login, change: Partial<ReturnType<typeof tableWorld>['deps']> = {}) => {
    const { deps, traces } = tableWorld({ call: 'Login', answer: '', ...row });
    await proveLogin(attempt, callFacts(), { ...deps, ...change }).catch(() => undefined);
    return traces.preparations;
  };

  it.each<[string, Login]>([
    ['who is proven', { mode: 'lazy', here: 'unknown', scripts: [['login', 'profile']] }],
    ['who is rejected', { mode: 'lazy', here: 'unknown', scripts: [['login', 'Error']] }],
    ['of whom nothing is known', { mode: 'lazy', here: 'unknown', scripts: [['login', 'store unreachable']] }],
  ])('%s, and that is over with the login', async (_, row) => {
    expect(await played(row)).toEqual({ begun: 1, over: 1 });
  });

  it('and that is over when the run is lost, too', async () => {
    const runScript = async () => {
      throw new ServiceError('SERVICE_UNAVAILABLE', 'away');
    };
    expect(await played({ mode: 'lazy', here: 'unknown' }, { runScript })).toEqual({ begun: 1, over: 1 });
  });

  it.each<[string, Login]>([
    ['in a custom user store', { mode: 'custom', here: 'unknown', scripts: [['login', 'profile']] }],
    ['where our own store answers', { mode: 'lazy', here: 'verified' }],
  ])('and not %s', async (_, row) => {
    expect(await played(row)).toEqual({ begun: 0, over: 0 });
  });
});
