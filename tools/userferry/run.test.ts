import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readArgs,
  readEnvObject,
  readIsolation,
  readMemoryLimit,
  readPort,
  readRule,
  readTimeoutMs,
} from './read-options.ts';
import { readField, readId, scriptArgs } from './script-args.ts';
import { createAuthor } from './testing/userferry.ts';
import { UsageError } from './usage-error.ts';

const author = createAuthor();
afterAll(() => author[Symbol.dispose]());
beforeAll(() => {
  author.write(
    'login.js',
    `async function login(query, password) {
  console.log(env.DB_HOST, env.DB_PORT);
  if (password === 'wrong') throw new WrongUsernameOrPasswordError('no');
  return { id: 1, email: query.email };
}
async function getUser() { throw new Error(env.TOKEN); }
async function listUsers(page, limit) { return [page, limit]; }`,
  );
  author.write('getUser.ts', 'type Q = { id: unknown };\nasync function getUser(query: Q) {\n  return null.x as Q;\n}');
});
const run = (words: readonly string[], input = '') => author.userferry(['run', ...words], { input });

describe('an option', () => {
  it.each([
    [() => readArgs('{'), '--args is not JSON'],
    [() => readArgs('{}'), '--args is not a JSON array'],
    [() => readEnvObject('[]'), '--env is not a JSON object'],
    [() => readEnvObject('{"A":1}'), '--env: A is not a string'],
    [() => readTimeoutMs('1s'), '--timeout-ms is not a whole number from 1 to 30000'],
    [() => readMemoryLimit('1'), '--memory-mb is not a whole number from 32 to 512'],
    [() => readPort('--port', '65536'), '--port is not a whole number from 1 to 65535'],
    [() => readIsolation('cold'), '--isolation is not warm or per_run'],
    [() => readRule('localhost'), '--allow localhost is not HOST:PORT'],
    [() => readRule('*.test:5432'), '--allow *.test:5432: the host has a wildcard'],
    [() => readRule('localhost:0'), '--allow localhost:0: the port is not a whole number from 1 to 65535'],
    [() => readField('nickname'), '--set nickname is not NAME=VALUE'],
    [() => readField('password=x'), 'a password is not given by --set'],
    [() => scriptArgs('login', {}), 'login takes exactly one of email, phone and username'],
    [() => scriptArgs('login', { email: 'a', username: 'b', password: 'c' }), 'login takes exactly one'],
    [() => scriptArgs('login', { email: 'a' }), 'the password is missing'],
    [() => scriptArgs('getUser', {}), 'getUser takes at least one of'],
    [() => scriptArgs('deleteUser', { id: 1, email: 'a' }), 'deleteUser takes no email'],
  ])('that cannot be used is named: %s', (read, message) => {
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  it('is read as the contract has it', () => {
    expect([readRule('[::1]:5432'), readRule('db.test:*')]).toEqual([
      { host: '::1', port: 5432 },
      { host: 'db.test', port: '*' },
    ]);
    expect([readId('7'), readId('"7"'), readId('07'), readId('abc')]).toEqual([7, '7', '07', 'abc']);
    expect([readField('nickname=Ada L'), readField('blocked=true')]).toEqual([
      ['nickname', 'Ada L'],
      ['blocked', true],
    ]);
    expect(scriptArgs('getUser', { id: 7 })[0]).toEqual({ id: 7, email: null, phone: null, username: null });
    const updates = { id: 'x', email: 'a@b.test', fields: { nickname: null } };
    expect(scriptArgs('updateUser', updates).slice(0, 2)).toEqual(['x', { email: 'a@b.test', nickname: null }]);
    expect(scriptArgs('listUsers', {})).toMatchObject([1, 10, { userPoolName: 'Workbench', request: { body: {} } }]);
  });

  it('an id of digits that no number holds exactly stays as it was typed', () => {
    const ids = ['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993'];
    expect(ids.map(readId)).toEqual([9_007_199_254_740_991, ...ids.slice(1)]);
  });
});

describe('userferry run', () => {
  it('tells an id that is text from one that is a number, and text from what else is printed so', () => {
    author.write(
      'getUser.js',
      String.raw`function getUser({ id }) { return { id, name: '', nickname: 'Ada L', city: 'null', company: '\x1b[31m' }; }`,
    );
    expect(run(['getUser.js', '--id', '7']).stdout).toMatch(/\n {2}id +7\n/);
    const { stdout } = run(['getUser.js', '--id', '"7"']);
    for (const line of [/id +"7"/, /name +""/, /nickname +Ada L/, /city +"null"/, /company +"\\u001b\[31m"/])
      expect(stdout).toMatch(new RegExp(`\\n {2}${line.source}\\n`));
  });

  it('gives arguments by name and tells a person what came back', () => {
    const { status, stdout } = run(['login.js', '--email', 'ada@example.com', '--password-stdin'], 'right\n');
    expect(stdout).toMatch(/^✓ completed: the function returned\n\nresult\n {2}id +1\n {2}email +ada@example.com\n/);
    expect(stdout).toContain('console\n');
    expect(status).toBe(0);
  });

  it('takes the password from standard input, every character of it but the end of its line', () => {
    author.write('echo.js', 'async function login(query, password) { return { id: password }; }');
    const { stdout } = run(['echo.js', 'login', '--json', '--email', 'a', '--password-stdin'], ' p w \r\n');
    expect(JSON.parse(stdout)).toMatchObject({ result: { id: ' p w ' } });
  });

  it('tells what a refusal counts as, with its line', () => {
    const { status, stdout } = run(['login.js', '--email', 'a', '--password-stdin'], 'wrong');
    expect(stdout).toContain('✗ threw: the function threw an error\n  counts as a wrong password');
    expect(stdout).toContain('  at login.js:3:35\n');
    expect(stdout).toMatch(/^> 3 \|.*WrongUsernameOrPasswordError.*\n +\| +\^$/m);
    expect(status).toBe(1);
  });

  it('runs TypeScript, and an error has the author’s line', () => {
    const { status, stdout } = run(['getUser.ts', '--id', '7']);
    expect(stdout).toContain('TypeError');
    expect(stdout).toContain('at getUser.ts:3:15');
    expect(status).toBe(1);
  });

  it('reads variables of the .env beside the script, or of another file, and masks them', () => {
    author.write('with-env/.env', 'DB_CONNECTION_URI=postgres://u:s3cr3t-pw@db.test/users\n');
    author.write(
      'with-env/login.js',
      "async function login() { throw new Error(env.DB_HOST + ' ' + env.DB_PASSWORD); }",
    );
    author.write('other.env', 'DB_HOST=elsewhere.test\nDB_PASSWORD=s3cr3t-pw\n');
    const tell = (...words: string[]) =>
      run(['with-env/login.js', '--email', 'a', '--password-stdin', ...words], 'x').stdout;
    expect(tell()).toContain('Error: db.test [masked]');
    expect(tell('--env-from', 'other.env')).toContain('Error: elsewhere.test [masked]');
  });

  it('reads files in UTF-8, with a byte order mark or without, and refuses others, which would be read as another text', () => {
    const source = "async function login() { return { id: env.FIRST, city: 'Łódź' }; }";
    const told = (script: Buffer | string, env: Buffer | string) => {
      author.write('encoded/login.js', script);
      author.write('encoded/.env', env);
      return run(['encoded/login.js', '--email', 'a', '--password-stdin'], 'x');
    };
    expect(told(`\ufeff${source}`, '\ufeffFIRST=one\n').stdout).toMatch(/id +one\n {2}city +Łódź/);
    for (const other of [Buffer.from(source, 'utf16le'), Buffer.from(`${source} // \u00d3`, 'latin1')])
      expect(told(other, '')).toMatchObject({ status: 2, stderr: expect.stringContaining('login.js is not in UTF-8') });
    const env = told(source, Buffer.from('\ufeffFIRST=one\r\n', 'utf16le'));
    expect(env).toMatchObject({ status: 2, stderr: expect.stringContaining('.env is not in UTF-8') });
  });

  it('says of a result that the gateway would not take what is wrong with it', () => {
    const { status, stdout } = run(['login.js', 'listUsers']);
    expect(stdout).toContain(
      '✗ invalid_result: what the function returned is no answer of this action\n\nError: result must be { totalCount, list }, not an array',
    );
    expect(status).toBe(1);
  });

  it('says so of the fields of a profile, with what came back, and of those in lists', () => {
    author.write(
      'fields.js',
      `async function login() { return { id: 1, gender: 'female', createdAt: 'yesterday' }; }
async function listUsers() { return { totalCount: 2, list: [{ id: 1 }, { id: 2, loginsCount: '3' }] }; }`,
    );
    const { status, stdout } = run(['fields.js', 'login', '--email', 'a', '--password-stdin'], 'x');
    expect(stdout).toMatch(/^✗ invalid_result: .*\n\nresult\n {2}id +1\n {2}gender +female\n/);
    expect(stdout).toContain(
      'Error: result.gender must be "M", "F" or "U"; result.createdAt must be a date in ISO 8601\n',
    );
    expect(status).toBe(1);
    expect(run(['fields.js', 'listUsers']).stdout).toContain(
      'result.list[1].loginsCount must be a whole number from 0',
    );
  });

  it.each([
    ['login', ['--email', 'a', '--password-stdin'], 'null', 'a user who does not exist'],
    ['getUser', ['--id', '1'], 'undefined', 'a user who does not exist'],
    ['validatePassword', ['--id', '1', '--password-stdin'], 'false', 'a wrong password'],
  ])('says what an answer of %s without a user counts as', (action, words, answer, verdict) => {
    author.write('no.js', `async function ${action}() { return ${answer}; }`);
    const { status, stdout } = run(['no.js', action, ...words], 'x');
    expect(stdout).toContain(`✓ completed: the function returned\n  counts as ${verdict}\n`);
    expect(status).toBe(0);
  });

  it('says which variables it read that are not there, where it broke or came to no store', () => {
    author.write(
      'unset.js',
      `async function login() { if (env.DB_CONECTION_URI || process.env.DB_HOST) return null; return new URL(env['DB_HOST'] + env.DB_PORT); }`,
    );
    const env = JSON.stringify({ DB_CONNECTION_URI: 'postgres://u:p@db.test/users' });
    const { stdout } = run(['unset.js', 'login', '--email', 'a', '--password-stdin', '--env', env], 'x');
    expect(stdout).toContain('  env.DB_CONECTION_URI is not set: did you mean DB_CONNECTION_URI?\n');
    expect(stdout).toContain('  process.env is empty in scripts: env.DB_HOST\n');
    expect(stdout).not.toContain('env.DB_PORT is not set');
  });

  it('says which destination to open', () => {
    author.write(
      'net.js',
      `const axios = require('axios');\nasync function login() { await axios.get('http://127.0.0.1:1'); }`,
    );
    const { stdout, stderr } = run(['net.js', 'login', '--email', 'a', '--password-stdin'], 'x');
    expect(stdout).toContain('--allow 127.0.0.1:1 would open it here');
    expect(stderr).toBe('');
  });

  it.each([
    [['nothing.js'], 'nothing.js cannot be read (ENOENT)'],
    [['login.js', 'logn'], 'logn is no action: did you mean login?'],
    [['login.js', '--email', 'a'], 'give it on standard input with --password-stdin'],
    [['login.js', '--emial', 'a'], '(Did you mean --email?)'],
    [['login.js', '--args', '{'], '--args is not JSON'],
    [[], "missing required argument 'file'"],
  ])('%j is a misuse that is named on standard error', (words, message) => {
    const { status, stdout, stderr } = run(words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('npm run script, for programs', () => {
  const script = (...words: string[]) => {
    const { status, stdout, stderr } = run(['--json', ...words]);
    return { status, stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
  };

  it('prints one JSON object as its last line, exit code 0 for a completed run', () => {
    const env = JSON.stringify({ DB_CONNECTION_URI: 'postgres://u:p@db.test/users' });
    const { status, last } = script('login.js', 'login', '--args', '[{"email":"a@b.test"},"pw"]', '--env', env);
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
    const { status, last } = script('login.js', 'getUser', '--args', '[]', '--env', '{"TOKEN":"sesame open"}');
    expect(status).toBe(1);
    expect(JSON.parse(last)).toMatchObject({
      outcome: 'threw',
      error: { name: 'Error', message: '[masked]', line: 6, column: expect.any(Number) },
    });
  });

  it('may run in an isolate that has run nothing', () => {
    const { last } = script('login.js', 'login', '--args', '[{"email":"a"},"pw"]', '--isolation', 'per_run');
    expect(JSON.parse(last)).toMatchObject({ outcome: 'completed', result: { id: 1 } });
  });

  it('may call any function with no arguments at all', () => {
    author.write('any.js', 'async function anything(...args) { return args.length; }');
    expect(JSON.parse(script('any.js', 'anything').last)).toMatchObject({ outcome: 'completed', result: 0 });
  });

  it('exit code 2 for a misuse, with the mistake on standard error and nothing on standard output', () => {
    const { status, stderr, last } = script('nothing.js', 'login', '--args', '[]');
    expect(status).toBe(2);
    expect(stderr).toContain('nothing.js cannot be read (ENOENT)');
    expect(last).toBe('');
  });
});
