import { setImmediate as turn } from 'node:timers/promises';
import { passwordMask } from '@userferry/masking';
import type { RunResult } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { type ConnectionSettings, scriptRun } from '../connection/script-run.ts';
import { callFacts } from '../testing/table-world.ts';
import { type EndedRun, endedRun } from './ended-run.ts';
import { recorded } from './run-log.ts';

const PASSWORD = 'Tr0ub4dor & 3/ü"';
const settings: ConnectionSettings = {
  connectionId: 'connection',
  version: 4n,
  enabled: true,
  mode: 'lazy_migration',
  env: { API_KEY: 'env-secret' },
  egress: [],
  isolation: 'warm',
  scripts: new Map([['login', 'the source']]),
  pool: { name: 'Acme', metadata: {}, revealRejectionDetails: false, connectionsIncluded: true },
};
const loginRun = scriptRun(settings, {
  userPoolId: 'pool',
  action: 'login',
  args: [{ email: 'ada@example.com' }, PASSWORD, {}],
});
const when = { endedAt: new Date(0), requestId: 'request-1' };

const result = (fields: Partial<RunResult>): RunResult => ({
  outcome: 'threw',
  logs: [],
  usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
  ...fields,
});

const forms = [
  PASSWORD,
  PASSWORD.toUpperCase(),
  JSON.stringify({ password: PASSWORD }),
  encodeURIComponent(PASSWORD),
  new URLSearchParams({ password: PASSWORD }).toString(),
  Buffer.from(PASSWORD).toString('hex'),
  Buffer.from(PASSWORD).toString('base64'),
  Buffer.from(`ada@example.com:${PASSWORD}`).toString('base64url'),
];

describe('what the log history keeps of a run', () => {
  it.each(forms)('holds no password that a user typed, in whatever form the script prints it: %s', (form) => {
    const error = { name: 'Error', message: `no user with ${form}`, line: 3 };
    const run = endedRun(loginRun, result({ error, logs: [{ level: 'info', text: form, atMs: 1 }] }), when);
    const kept = `${run.error?.message} ${run.logs[0]?.text}`;
    expect(kept).toContain('[masked]');
    expect(kept.toLowerCase()).not.toContain('tr0ub');
    expect(passwordMask([PASSWORD])(form)).not.toBe(form);
  });

  it('holds it neither in another case, of which some letters have more than two', () => {
    const mask = passwordMask(['Kissing4', 'Straße-9']);
    for (const text of ['KISSING4', '\u212aissing4', 'ki\u017f\u017fing4', 'STRA\u1e9eE-9'])
      expect(mask(`a line with ${text}`)).toBe('a line with [masked]');
    expect(mask('a line – with none')).toBe('a line – with none');
  });

  it('withholds a text that holds a password too short to be cut out of it', () => {
    expect(passwordMask(['a'])('a cat sat')).toBe('[masked]');
    expect(passwordMask(['x'])('no such letter')).toBe('no such letter');
  });

  it('holds neither arguments nor result nor variables nor source', () => {
    const run = endedRun(loginRun, result({ outcome: 'completed', resultJson: '{"id":7,"nickname":"Ada"}' }), when);
    const text = JSON.stringify(run, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    for (const secret of ['ada@example.com', 'Ada', 'env-secret', 'the source', PASSWORD])
      expect(text).not.toContain(secret);
    expect(run).toMatchObject({
      action: 'login',
      version: 4n,
      outcome: 'completed',
      requestId: 'request-1',
      test: false,
    });
  });

  it.each([
    ['login', '{"id":1,"gender":"female"}', 'gender must be "M", "F" or "U"'],
    ['getUser', '{"id":1,"createdAt":"yesterday"}', 'createdAt must be a date'],
    ['updateUser', '{"id":1,"blocked":"no"}', 'blocked must be a boolean'],
    ['listUsers', '{"totalCount":2,"list":[{"id":1},{"id":2,"phone":491701}]}', 'list[1]: phone must be a string'],
  ] as const)(
    'says what the call did not take of what %s returned, and repeats no value',
    (action, resultJson, what) => {
      const run = endedRun({ ...loginRun, action }, result({ outcome: 'completed', resultJson }), when);
      expect(run).toMatchObject({ outcome: 'invalid_result', error: { message: expect.stringContaining(what) } });
      expect(run.error?.message).not.toMatch(/female|yesterday|"no"|491701/);
    },
  );

  it.each([
    ['login', 'null'],
    ['login', '{"id":1,"blocked":true}'],
    ['getUser', '{"id":1,"isDeleted":true}'],
    ['validatePassword', 'false'],
    ['deleteUser', 'true'],
    ['searchUser', 'null'],
  ] as const)('has completed where %s returned what the contract has: %s', (action, resultJson) => {
    const run = endedRun({ ...loginRun, action }, result({ outcome: 'completed', resultJson }), when);
    expect(run.outcome).toBe('completed');
    expect(run.error).toBeUndefined();
  });

  it.each([
    ['createUser', [{ email: 'a@b.c', password: PASSWORD }, {}]],
    ['updateUser', [7, { password: PASSWORD }, {}]],
    ['validatePassword', [7, PASSWORD, {}]],
  ] as const)('masks the password of %s as well', (action, args) => {
    const run = scriptRun(settings, { userPoolId: 'pool', action, args });
    const kept = endedRun(run, result({ error: { name: 'Error', message: `bad ${PASSWORD}` } }), when);
    expect(kept.error?.message).toBe('bad [masked]');
  });
});

it('what is kept of a run holds no password of its call, which may be in the request’s body', () => {
  const run = scriptRun(settings, { userPoolId: 'pool', action: 'getUser', args: [{}, {}], passwords: [PASSWORD] });
  const text = `auth: Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
  const kept = endedRun(run, result({ outcome: 'completed', logs: [{ level: 'info', text, atMs: 1 }] }), when);
  expect(kept.logs[0]?.text).toContain('[masked]');
});

it('records how every run ended; a script that throws the password it was given tells it to nobody', async () => {
  const kept: EndedRun[] = [];
  const answer = result({ error: { name: 'Error', message: `wrong: ${PASSWORD}` } });
  const run = recorded(
    async () => answer,
    (ended) => kept.push(ended),
  );
  expect((await run(loginRun, callFacts())).error?.message).toBe('wrong: [masked]');
  await turn();
  expect(kept).toMatchObject([{ runId: loginRun.runId, userPoolId: 'pool', error: { message: 'wrong: [masked]' } }]);
});

it('has every string of a user redacted by the runner in a custom user store, and there only', () => {
  const what = { userPoolId: 'pool', action: 'login', args: [] } as const;
  expect(scriptRun({ ...settings, mode: 'custom_user_store' }, what).redactProfile).toBe(true);
  expect(scriptRun(settings, what).redactProfile).toBe(false);
});

it('what a script meant by throwing is kept, whatever a user typed', () => {
  const nameOf = (password: string, name: string) =>
    endedRun({ ...loginRun, passwords: [password] }, result({ error: { name, message: 'no' } }), when).error?.name;
  expect(nameOf('password', 'WrongUsernameOrPasswordError')).toBe('WrongUsernameOrPasswordError');
  expect(nameOf('error', 'Error')).toBe('Error');
  expect(nameOf('error', 'TypeError')).toBe('Type[masked]');
});
