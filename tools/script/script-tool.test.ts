import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readScriptArguments, UsageError } from './script-arguments.ts';

describe('the command line', () => {
  it.each([
    [[], 'FILE.js is missing'],
    [['a.js'], 'FUNCTION is missing'],
    [['a.js', 'login', 'more'], 'unexpected argument more'],
    [['a.js', 'login', '--args', '{'], '--args is not JSON'],
    [['a.js', 'login', '--args', '{}'], '--args is not a JSON array'],
    [['a.js', 'login', '--env', '[]'], '--env is not a JSON object'],
    [['a.js', 'login', '--env', '{"A":1}'], '--env: A is not a string'],
    [['a.js', 'login', '--timeout-ms', '1s'], '--timeout-ms is not a whole number from 1 to 30000'],
    [['a.js', 'login', '--memory-mb', '1'], '--memory-mb is not a whole number from 32 to 512'],
    [['a.js', 'login', '--allow', 'localhost'], '--allow localhost is not HOST:PORT'],
    [['a.js', 'login', '--allow', '*.test:5432'], '--allow *.test:5432: the host has a wildcard'],
    [
      ['a.js', 'login', '--allow', 'localhost:0'],
      '--allow localhost:0: the port is not a whole number from 1 to 65535',
    ],
    [['a.js', 'login', '--isolation', 'cold'], '--isolation is not warm or per_run'],
    [['a.js', 'login', '--wrong'], '--wrong'],
  ])('%j is a misuse that is named', (words, message) => {
    expect(() => readScriptArguments(words)).toThrow(UsageError);
    expect(() => readScriptArguments(words)).toThrow(message);
  });

  it('has defaults, and may allow several destinations', () => {
    expect(readScriptArguments(['a.js', 'login', '--allow', '[::1]:5432', '--allow', 'db.test:*'])).toEqual({
      file: 'a.js',
      functionName: 'login',
      argsJson: '[]',
      env: {},
      timeoutMs: 10_000,
      memoryLimitBytes: 128 * 1024 * 1024,
      allow: [
        { host: '::1', port: 5432 },
        { host: 'db.test', port: '*' },
      ],
      isolation: 'warm',
    });
  });
});

describe('the tool', () => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-script-'));
  const file = join(folder, 'script.js');
  beforeAll(() =>
    writeFileSync(
      file,
      `async function login(query, password) { console.log(env.DB_HOST, env.DB_PORT); return { id: 1, email: query.email }; }
       async function getUser() { throw new Error(env.TOKEN); }`,
    ),
  );
  afterAll(() => rmSync(folder, { recursive: true }));

  const tool = (...words: string[]) => {
    const main = join(import.meta.dirname, 'main.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
    return { status, stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
  };

  it('prints one JSON object as its last line, exit code 0 for a completed run', () => {
    const env = JSON.stringify({ DB_CONNECTION_URI: 'postgres://u:p@db.test/users' });
    const { status, last } = tool(file, 'login', '--args', '[{"email":"a@b.test"},"pw"]', '--env', env);
    expect(status).toBe(0);
    expect(JSON.parse(last)).toEqual({
      outcome: 'completed',
      result: { id: 1, email: 'a@b.test' },
      logs: [{ level: 'info', text: 'db.test 5432', at_ms: expect.any(Number) }],
      usage: {
        ...{ wall_ms: expect.any(Number), cpu_ms: expect.any(Number), heap_bytes: expect.any(Number) },
        ...{ connections_opened: expect.any(Number), connections_reused: expect.any(Number) },
      },
    });
  });

  it('exit code 1 for any other outcome, secrets masked', () => {
    const { status, last } = tool(file, 'getUser', '--env', '{"TOKEN":"sesame open"}');
    expect(status).toBe(1);
    expect(JSON.parse(last)).toMatchObject({
      outcome: 'threw',
      error: { name: 'Error', message: '[masked]', line: 2, column: expect.any(Number) },
    });
  });

  it('exit code 2 for a misuse, with the mistake and the usage on standard error and nothing on standard output', () => {
    const { status, stderr, last } = tool(join(folder, 'nothing.js'), 'login');
    expect(status).toBe(2);
    expect(stderr).toContain('nothing.js cannot be read (ENOENT)');
    expect(stderr).toContain('usage:');
    expect(last).toBe('');
  });
});
