import type { RunResult } from '@userferry/script-contract';
import { expect, it } from 'vitest';
import type { RunRequest } from '../../../sandbox.ts';
import { finishResult } from './finish-result.ts';

const thrown = (name: string, message: string): RunResult => ({
  outcome: 'threw',
  error: { name, message },
  logs: [],
  usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
});

const request = (argument: object, env: Record<string, string> = {}): RunRequest => ({
  runId: 'run-1',
  connectionKey: 'connection-1',
  source: '',
  functionName: 'login',
  argsJson: JSON.stringify([argument]),
  env,
  secretNames: Object.keys(env),
  redactProfile: true,
  timeoutMs: 1_000,
  memoryLimitBytes: 1,
});

it('what a script meant by throwing stays readable, whatever a user typed and whatever a variable holds', () => {
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [n, `string ${n}`]));
  const requests = [
    request({ body: 'WrongUsernameOrPasswordError' }),
    request({ password: 'error' }),
    request({}, { MODE: 'password' }),
    request(many),
  ];
  for (const each of requests)
    expect(finishResult(each, thrown('WrongUsernameOrPasswordError', 'no')).error?.name).toBe(
      'WrongUsernameOrPasswordError',
    );
  expect(finishResult(request({ password: 'Error' }), thrown('Error', 'no')).error?.name).toBe('Error');
});

it('a hash that a script read and did not return is masked in every mode, in messages, codes and lines', () => {
  const hash = `$2b$10$${'./0Ab9Zq7Rt'.repeat(5).slice(0, 53)}`;
  const said = {
    ...thrown('TypeError', `no ${hash}`),
    logs: [{ level: 'info' as const, text: `row ${hash}`, atMs: 1 }],
  };
  for (const redactProfile of [true, false]) {
    const { error, logs } = finishResult({ ...request({}), redactProfile }, said);
    expect(error?.message).toBe('no [masked]');
    expect(logs[0]?.text).toBe('row [masked]');
  }
});

it('a name that a script made of what a user typed is redacted', () => {
  const { error } = finishResult(request({ email: 'ann@example.test' }), thrown('ann@example.test', 'no'));
  expect(error?.name).toBe('[redacted]');
});

it('a variable that is a part of what a user said or typed leaves no rest of it', () => {
  const user = { ...request({ email: 'ann.lovelace@example.test' }, { TENANT: 'example' }) };
  expect(finishResult(user, thrown('Error', 'no ann.lovelace@example.test')).error?.message).toBe('no [redacted]');
  const typed = {
    ...request({}, { DB_PASSWORD: 'postgres' }),
    argsJson: '[{"email":"ann@example.test"},"Postgres-2024",{}]',
    redactProfile: false,
  };
  expect(finishResult(typed, thrown('Error', 'Postgres-2024 is wrong')).error?.message).toBe('[masked] is wrong');
  const debugged = { ...typed, env: {}, secretNames: [] };
  expect(finishResult(debugged, thrown('Error', 'no Postgres-2024')).error?.message).toBe('no Postgres-2024');
});
