import { judgeThrow, SCRIPT_ACTIONS, type ScriptError } from '@userferry/script-contract';
import { LEGACY_STORES, templateOf } from '@userferry/script-templates';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

describe('what a script throws', () => {
  it('keeps name, message and code, and tells the line and column of the throw from 1', async () => {
    const source = `async function login() {\n  const wrong = Object.assign(new TypeError('no such user'), { code: 'E_USER' });\n  throw wrong;\n}`;
    const { outcome, error } = await host.run(source);
    expect(outcome).toBe('threw');
    expect(error).toEqual({ name: 'TypeError', message: 'no such user', code: 'E_USER', line: 2, column: 31 });
  });

  it('counts the columns of the first line as the tenant wrote them', async () => {
    const { error } = await host.run(`function login() { throw new Error('first line') }`);
    expect(error).toMatchObject({ line: 1, column: 26 });
  });

  it('tells the place of an error that comes from a helper', async () => {
    const { error } = await host.run(`const help = () => {\n  null.x;\n};\nfunction login() { help() }`);
    expect(error).toMatchObject({ name: 'TypeError', line: 2, column: 8 });
  });

  it('tells the place of an error that was awaited through timers', async () => {
    const source = `async function login() {\n  await new Promise((r) => setTimeout(r, 5));\n  throw new Error('later');\n}`;
    expect((await host.run(source)).error).toMatchObject({ message: 'later', line: 3, column: 9 });
  });

  it.each([
    ['null', 'throw null', 'null'],
    ['undefined', 'throw undefined', 'undefined'],
    ['a number', 'throw 42', '42'],
    ['a string', 'throw "plain text"', 'plain text'],
    ['a symbol', 'throw Symbol("odd")', 'Symbol(odd)'],
    ['a proxy that throws', 'throw new Proxy({}, { get() { throw new Error("gotcha") } })', expect.any(String)],
    ['a revoked proxy', 'const r = Proxy.revocable({}, {}); r.revoke(); throw r.proxy', expect.any(String)],
    [
      'an object whose getters throw',
      'throw { get message() { throw 1 }, get code() { throw 2 } }',
      expect.any(String),
    ],
    [
      'an error whose stack is an object',
      'throw Object.assign(new Error("x"), { stack: { toString() { throw 1 } } })',
      'x',
    ],
  ])('survives %s', async (_what, statement, message) => {
    const { outcome, error } = await host.run(`async function login() { ${statement} }`);
    expect(outcome).toBe('threw');
    expect(error?.message).toEqual(message);
  });

  it.each(['WrongUsernameOrPasswordError', 'UserNotFoundError', 'UserExistsError', 'ValidationError'])(
    'offers %s as a global class with that name',
    async (name) => {
      const source = `function login() { const e = new ${name}('told'); if (!(e instanceof Error)) return 0; throw e }`;
      const { outcome, error } = await host.run(source);
      expect(outcome).toBe('threw');
      expect(error).toMatchObject({ name, message: 'told', line: 1 });
    },
  );
});

describe('bcrypt that is given what it cannot take', () => {
  const WITHOUT_HASH = "const row = { password_hash: 'x' };";
  it.each([
    ['compare', 'return await bcrypt.compare(password, row.pasword_hash)', 'data and hash arguments required'],
    ['compareSync', 'return bcrypt.compareSync(password, row.pasword_hash)', 'data and hash arguments required'],
    ['compare with a callback', 'await util.promisify(bcrypt.compare)(password, 7)', 'data and hash must be strings'],
    ['hash', 'return await bcrypt.hash(password)', 'data and salt arguments required'],
    ['getRounds', 'return bcrypt.getRounds(row.pasword_hash)', 'hash argument required'],
  ])('says by a code that the script broke, and did not refuse the user: %s', async (_name, use, message) => {
    const source = `const bcrypt = require('bcrypt'); const util = require('util');\nasync function login(query, password) { ${WITHOUT_HASH}\n  ${use};\n}`;
    const { outcome, error } = await host.run(source, { args: [{}, 'a right password'] });
    expect(outcome).toBe('threw');
    expect(error).toMatchObject({ name: 'Error', message, code: 'ERR_INVALID_ARG_TYPE', line: 3 });
    expect(judgeThrow(error as ScriptError)).toBe('broken');
  });
});

it.each(['compare', 'compareSync'])('bcrypt’s %s refuses a user who has no hash in the database', async (compare) => {
  const source = `const bcrypt = require('bcrypt');\nasync function login(query, password) { return await bcrypt.${compare}(password, null); }`;
  const { error } = await host.run(source, { args: [{}, 'a password'] });
  expect(error).toEqual({
    name: 'Error',
    message: 'data and hash arguments required',
    line: 2,
    column: expect.any(Number),
  });
  expect(judgeThrow(error as ScriptError)).toBe('rejected');
});

describe('errors that nobody catches', () => {
  it('ends the run when a timer throws', async () => {
    const source = `function login() {\n  setTimeout(() => { throw new RangeError('in a timer') }, 1);\n  return new Promise(() => {});\n}`;
    const { outcome, error } = await host.run(source);
    expect(outcome).toBe('threw');
    expect(error).toMatchObject({ name: 'RangeError', message: 'in a timer', line: 2 });
  });

  it('ends the run when an emitter has no listener for its error', async () => {
    const source = `function login() {
      const emitter = new (require('events'))();
      setTimeout(() => emitter.emit('error', Object.assign(new Error('nobody listens'), { code: 'E_LOST' })), 1);
      return new Promise(() => {});
    }`;
    const { outcome, error } = await host.run(source);
    expect(outcome).toBe('threw');
    expect(error).toMatchObject({ message: 'nobody listens', code: 'E_LOST' });
  });

  it('ends the run when a rejection is not handled', async () => {
    const source = `function login() {\n  setTimeout(() => {\n    Promise.reject(new TypeError('unheard'));\n  }, 1);\n  return new Promise(() => {});\n}`;
    const { outcome, error } = await host.run(source);
    expect(outcome).toBe('threw');
    expect(error).toMatchObject({ name: 'TypeError', message: 'unheard', line: 3 });
  });

  it.each(['the licence check timed out', '$group exceeded memory limit of 104857600 bytes'])(
    'takes a rejection that is not handled for the script’s own, whatever it says: %s',
    async (text) => {
      const source = `async function login() { Promise.reject(new Error(${JSON.stringify(text)})); await new Promise((r) => setTimeout(r, 500)); }`;
      expect(await host.run(source)).toMatchObject({ outcome: 'threw', error: { message: text } });
    },
  );

  it('does not count a rejection that is handled in the same turn', async () => {
    const source = `async function login() { const p = Promise.reject(new Error('x')); await 0; await p.catch(() => 1); return 'fine' }`;
    expect(await host.run(source)).toMatchObject({ outcome: 'completed', resultJson: '"fine"' });
  });

  it('leaves the next run of the same script alone', async () => {
    const source = `function login(fail) { if (fail) setTimeout(() => { throw new Error('x') }, 1); return fail ? new Promise(() => {}) : 'fine' }`;
    expect(await host.run(source, { args: [true] })).toMatchObject({ outcome: 'threw' });
    expect(await host.run(source, { args: [false] })).toMatchObject({ outcome: 'completed', resultJson: '"fine"' });
  });
});

describe('a script that cannot run', () => {
  it('names the line and column of a syntax error', async () => {
    const { outcome, error } = await host.run('async function login() {\n  return 1 +* 2;\n}');
    expect(outcome).toBe('syntax_error');
    expect(error).toMatchObject({ name: 'SyntaxError', line: 2, column: 13 });
  });

  it('says that a source ended too early, and where it ends', async () => {
    const ended = { name: 'SyntaxError', message: 'Unexpected end of input', line: 2, column: 9 };
    const source = 'async function login() {\n  if ( {';
    expect(await host.run(source)).toMatchObject({ outcome: 'syntax_error', error: ended });
    expect((await host.check(source, 'login')).problems).toEqual([ended]);
  });

  it.each([
    ['at the end', 'function login() {\n  return { id: 1 } }}', { line: 2, column: 21 }],
    ['on a line of its own', 'function login() {\n  return 1;\n}\n}\n', { line: 4, column: 1 }],
    ['in the middle', 'function login() {\n  return 1;\n}}\nfunction help() {}', { line: 3, column: 2 }],
    ['on the first line', 'const one = () => 1};\nfunction login() { return one(); }', { line: 1, column: 20 }],
  ])('names the brace that is one too many %s', async (_where, source, place) => {
    const tooMany = { name: 'SyntaxError', message: "Unexpected token '}'", ...place };
    expect(await host.run(source)).toMatchObject({ outcome: 'syntax_error', error: tooMany });
    expect((await host.check(source, 'login')).problems).toEqual([tooMany]);
  });

  it.each([
    ["import pg from 'pg';\nasync function login() {}", 'Cannot use import statement outside a module'],
    ['export async function login() {}', "Unexpected token 'export'"],
  ])('says of %j what scripts are instead of ES modules', async (source, message) => {
    const told = { name: 'SyntaxError', message: expect.stringContaining(`${message}: scripts are CommonJS`), line: 1 };
    expect(await host.run(source)).toMatchObject({ outcome: 'syntax_error', error: told });
    expect((await host.check(source, 'login')).problems).toMatchObject([told]);
  });

  it.each(['“', '”', '‘', '’'])('says of %s, as word processors write, what to write instead', async (quote) => {
    const source = `function login() {\n  return { id: ${quote}1 };\n}`;
    const message = `Invalid or unexpected token: ${quote} is no quotation mark of JavaScript: write " or '`;
    const told = { name: 'SyntaxError', message, line: 2, column: 16 };
    expect(await host.run(source)).toMatchObject({ outcome: 'syntax_error', error: told });
    expect((await host.check(source, 'login')).problems).toEqual([told]);
  });

  it.each([
    "await import('pg');",
    "return import('pg').then(({ Client }) => new Client());",
    "const loaded = import('pg');\n  await loaded;",
    "import('pg');\n  await new Promise((resolve) => setTimeout(resolve, 50));",
  ])('tells a script that loads a module by %j from one that refuses the user, and what to write', async (loading) => {
    const { outcome, error } = await host.run(`async function login() {\n  ${loading}\n}`);
    expect(outcome).toBe('threw');
    expect(error).toMatchObject({ code: 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING' });
    expect(error?.message).toBe('import() loads nothing here: take require, as in scripts in CommonJS');
  });

  it('leaves the words of a script without import() as they are', async () => {
    const { error } = await host.run("function login() { throw new Error('Not supported') }");
    expect(error).toEqual({ name: 'Error', message: 'Not supported', line: 1, column: 26 });
  });

  it('says which function is missing and how to define it', async () => {
    const { outcome, error } = await host.run('async function logon() {}');
    expect(outcome).toBe('syntax_error');
    expect(error?.message).toContain('The script defines no function "login"');
  });

  it.each([
    ['a declaration', 'async function login() { return 7 }'],
    ['a synchronous function', 'function login() { return 7 }'],
    ['a constant', 'const login = async () => 7;'],
    ['module.exports', 'module.exports = async () => 7;'],
    ['a property of exports', 'exports.login = () => 7;'],
    [
      'module.exports with helpers',
      'const seven = 7;\nfunction help() { return seven }\nmodule.exports = { login: help };',
    ],
    ['a last line that is a comment', 'function login() { return 7 } // the end'],
  ])('accepts %s', async (_what, source) => {
    expect(await host.run(source)).toMatchObject({ outcome: 'completed', resultJson: '7' });
  });

  it('names what is available when an unknown module is required', async () => {
    const { outcome, error } = await host.run(`function login() {\n  require('left-pad');\n}`);
    expect(outcome).toBe('threw');
    expect(error).toMatchObject({ code: 'MODULE_NOT_FOUND', line: 2 });
    expect(error?.message).toContain(`Cannot find module 'left-pad'`);
    expect(error?.message).toMatch(/bcrypt.*lodash.*pg/);
  });

  it('does not offer modules that exist for drivers alone', async () => {
    for (const name of [
      'fs',
      'child_process',
      'node:fs',
      'worker_threads',
      'isolated-vm',
      '../x',
      '__proto__',
      'constructor',
    ]) {
      const { error } = await host.run(`function login() { require(${JSON.stringify(name)}) }`);
      expect(error).toMatchObject({ code: 'MODULE_NOT_FOUND' });
    }
  });

  it('finds a package whose name is put together only when it runs', async () => {
    const { resultJson } = await host.run(`function login() { return typeof require(['p', 'g'].join('')).Client }`);
    expect(resultJson).toBe('"function"');
  });
});

describe('a check', () => {
  it('finds nothing in a script that defines its function', async () => {
    expect(
      (await host.check(`const { Client } = require('pg');\nasync function login() {}`, 'login')).problems,
    ).toEqual([]);
  });

  it('finds nothing in a top level that uses variables, which are not at hand then', async () => {
    for (const top of ['const base = env.API_URL.trim();', 'const base = new URL(env.API_URL);'])
      expect((await host.check(`${top}\nfunction login() {}`, 'login')).problems).toEqual([]);
    const { problems } = await host.check('const base = new URL("no");\nfunction login() { env.A; }', 'login');
    expect(problems).toEqual([expect.objectContaining({ line: 1 })]);
  });

  it.each(LEGACY_STORES)('finds nothing in a ready-made script for %s', async (store) => {
    for (const action of SCRIPT_ACTIONS)
      expect((await host.check(templateOf(store, action), action)).problems).toEqual([]);
  });

  it('tells the place of a syntax error', async () => {
    const { problems } = await host.check('async function login() {\n  let a = ;\n}', 'login');
    expect(problems).toEqual([expect.objectContaining({ name: 'SyntaxError', line: 2, column: 11 })]);
    expect(problems[0]?.message).not.toContain('script.js');
  });

  it.each([
    ['function login(query: LoginQuery) {\n  return 1;\n}', { line: 1, column: 21 }],
    ["interface Row { id: number }\nimport pg from 'pg';\nfunction login() {}", { line: 1, column: 11 }],
    ['function login() {\n  return { id: 1 } as Row;\n}', { line: 2, column: 20 }],
  ])('says of %j that it is TypeScript, and keeps to its place', async (source, place) => {
    const { problems } = await host.check(source, 'login');
    const message = expect.stringMatching(/^Unexpected .*: this is TypeScript, and was given as JavaScript$/);
    expect(problems).toEqual([{ name: 'SyntaxError', message, ...place }]);
  });

  it('says of no mistake of JavaScript that it is TypeScript', async () => {
    for (const source of [
      'function login() { let a = ; }',
      'function login(a: b c) {}',
      'function login() { let : = 1 }',
    ]) {
      const { problems } = await host.check(source, 'login');
      expect(problems).toEqual([expect.objectContaining({ message: expect.not.stringContaining('TypeScript') })]);
    }
  });

  it('tells which function is missing', async () => {
    const { problems } = await host.check('const x = 1;', 'getUser');
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining('"getUser"') })]);
  });

  it('tells what the top level throws, and where', async () => {
    const { problems } = await host.check(`const a = 1;\nthrow new Error('at the top');`, 'login');
    expect(problems).toEqual([expect.objectContaining({ name: 'Error', message: 'at the top', line: 2 })]);
  });

  it('ends a top level that never ends', async () => {
    const { problems } = await host.check('while (true) {}\nfunction login() {}', 'login');
    expect(problems).toHaveLength(1);
  });

  it('opens no connection', async () => {
    await host.check(`require('net').connect(1, '127.0.0.1').on('error', () => {}); function login() {}`, 'login');
    expect(host.frames.filter((frame) => frame.kind === 'connect')).toEqual([]);
  });
});

describe('a check of TypeScript', () => {
  const check = (source: string) => host.check(source, 'login', 'typescript');

  it('answers what runs in its place, every line and column kept', async () => {
    const source = `type Row = { id: number };\nasync function login(query: LoginQuery): Promise<Row> {\n  return { id: 1 } as Row;\n}`;
    const { problems, javascript = '' } = await check(source);
    expect(problems).toEqual([]);
    expect(javascript).not.toContain('Row');
    expect(javascript).toHaveLength(source.length);
    expect(javascript.indexOf('return')).toBe(source.indexOf('return'));
  });

  it.each([
    ['enum Kind { A }', 'enum', 1],
    ['const a = 1;\n  namespace Inner { export const b = 1 }', 'namespace', 3],
    ['const a = 1;\nclass User { constructor(private id: string) {} }', 'parameter property', 34],
    ['import pg = require("pg");', 'import equals', 1],
  ])('says of %j that it cannot be taken out, and where', async (source, construct, column) => {
    const { problems, javascript } = await check(`${source}\nfunction login() {}`);
    expect(problems).toEqual([
      {
        name: 'SyntaxError',
        message: expect.stringMatching(new RegExp(`^(TypeScript )?${construct}.* of TypeScript`)),
        line: source.split('\n').length,
        column,
      },
    ]);
    expect(javascript).toBeUndefined();
  });

  it.each([
    ['a type that does not parse', 'function login() {\n  let x: = 3;\n}', 2, 10],
    ['a decorator, which no engine runs', '@sealed class A {}\nfunction login() {}', 1, 1],
    ['a mistake of JavaScript', 'function login(a: string) {\n  const b = 1; const b = 2;\n}', 2, 22],
  ])('tells the place of %s', async (_, source, line, column) => {
    expect((await check(source)).problems).toEqual([expect.objectContaining({ name: 'SyntaxError', line, column })]);
  });

  it('bears text that is made to hurt a parser', async () => {
    const deep = `const a: ${'Array<'.repeat(8_000)}string${'>'.repeat(8_000)} = 1; function login() {}`;
    const { problems } = await check(deep);
    expect(Array.isArray(problems)).toBe(true);
  });
});
