import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { hasMariadb } from '@userferry/local-databases';
import { completeEnv } from '@userferry/script-contract';
import { LEGACY_STORES, templateOf } from '@userferry/script-templates';
import { afterAll, describe, expect, it } from 'vitest';
import { caseFileJsonSchema } from './cases/case-file.ts';
import { differences } from './cases/differences.ts';
import { judgeCase } from './cases/judge-case.ts';
import { moduleProblems } from './check/module-problems.ts';
import { typeProblems } from './check/type-problems.ts';
import { codeFrame } from './code-frame.ts';
import { completionScript } from './completion-script.ts';
import { startFiles } from './init/start-files.ts';
import { createProgram } from './program.ts';
import { readScript, type ScriptFile, scriptsIn } from './script-file.ts';
import { createAuthor } from './testing/userferry.ts';

const author = createAuthor();
afterAll(() => author[Symbol.dispose]());
const { userferry } = author;

describe('userferry init', () => {
  it('makes folders of scripts for every store, in both languages, in which a compiler finds no mistake', async () => {
    const mistakes = LEGACY_STORES.flatMap((store) =>
      (['javascript', 'typescript'] as const).map((language) => {
        const folder = join(author.folder, `made/${store}-${language}`);
        for (const [name, text] of startFiles({ store, mode: 'custom_user_store', language }))
          author.write(`made/${store}-${language}/${name}`, text);
        const scripts = scriptsIn(folder).map((name) => readScript(name, folder));
        expect(scripts).toHaveLength(8);
        return typeProblems(scripts);
      }),
    );
    expect((await Promise.all(mistakes)).flat()).toEqual([]);
  });

  it('makes one on the command line, in which check finds no mistake', () => {
    const words = ['init', 'own', '--mode', 'custom-user-store', '--typescript'];
    expect(userferry(words)).toMatchObject({ status: 0, stderr: '' });
    expect(userferry(['init', 'postgresql-javascript', '--mode', 'custom-user-store'])).toMatchObject({ status: 0 });
    expect(userferry(['init', 'mysql-javascript', '--mode', 'custom-user-store', '--template', 'mysql']).status).toBe(
      0,
    );
    const { status, stdout } = userferry(['check'], { at: 'own' });
    expect(stdout).toMatch(/searchUser\.ts.*no mistake found\n$/);
    expect(status).toBe(0);
  });

  it('keeps the ready-made script but for the type of its function, and git away from variables', () => {
    const login = readFileSync(join(author.folder, 'postgresql-javascript/login.js'), 'utf8');
    expect(login.replace('/** @type {Login} */\n', '')).toBe(templateOf('postgresql', 'login'));
    expect(readFileSync(join(author.folder, 'postgresql-javascript/.gitignore'), 'utf8')).toContain('.env\n');
  });

  it('writes over nothing unless it is told to, and names what it does not know', () => {
    const again = userferry(['init', 'postgresql-javascript']);
    expect([again.status, again.stderr]).toEqual([
      2,
      expect.stringContaining('are there already: --force writes over them'),
    ]);
    const changedAt = () => statSync(join(author.folder, 'postgresql-javascript/login.js')).mtimeMs;
    const before = changedAt();
    expect(userferry(['init', 'postgresql-javascript', '--mode', 'custom-user-store', '--force']).status).toBe(0);
    expect(changedAt()).toBeGreaterThan(before);
    author.write('a-file', '');
    for (const place of ['/proc/userferry', 'a-file'])
      expect(userferry(['init', place])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('cannot be written'),
      });
    const unknown = userferry(['init', 'x', '--template', 'postgres']);
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('did you mean postgresql?')]);
  });
});

describe('userferry test', () => {
  it('runs the first cases against a fresh PostgreSQL with the sample users', () => {
    const { status, stdout } = userferry(['test'], { at: 'postgresql-javascript' });
    expect(stdout).toContain('✓ Ada logs in');
    expect(stdout).toMatch(/\n13 passed\n$/);
    expect(status).toBe(0);
  });

  it.runIf(hasMariadb())('runs them against a fresh MariaDB, where there is one', () => {
    expect(userferry(['test'], { at: 'mysql-javascript' }).stdout).toMatch(/\n13 passed\n$/);
  });

  it.each(['mongodb', 'web-service'])('runs them against sample users of the kind %s', (store) => {
    const folder = `${store}-javascript`;
    expect(userferry(['init', folder, '--mode', 'custom-user-store', '--template', store]).status).toBe(0);
    expect(userferry(['test'], { at: folder }).stdout).toMatch(/\n13 passed\n$/);
  });

  it.each(['run', 'test'])('%s --seed alone is a store of the kind that the cases of the folder are for', (command) => {
    const words = {
      run: ['login.js', '--email', 'ada@example.com', '--password-stdin'],
      test: ['--only', 'Ada logs in'],
    };
    const asked = words[command as keyof typeof words];
    for (const line of [
      [command, ...asked, '--seed'],
      [command, '--seed', ...asked],
    ]) {
      const { status, stdout } = userferry(line, { at: 'web-service-javascript', input: 'ada-Secret-1\n' });
      expect([status, stdout]).toEqual([0, expect.stringMatching(/✓ (completed|Ada logs in)/)]);
    }
  });

  it('says that it is schema.sql which a store does not take', () => {
    author.write('mistaken/schema.sql', 'CREATE TABLE users (id int AUTO_INCREMENT)');
    author.write('mistaken/getUser.js', 'async function getUser() { return null; }');
    const { status, stderr } = userferry(['run', 'getUser.js', '--id', '1', '--seed', 'postgresql'], {
      at: 'mistaken',
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('postgresql does not take schema.sql: syntax error')]);
  });

  it('names in .env.example the variables that the ready-made scripts read', () => {
    for (const store of LEGACY_STORES) {
      const files = startFiles({ store, mode: 'custom_user_store', language: 'javascript' });
      const named = Object.keys(completeEnv(parseEnv(files.get('.env.example') ?? '') as Record<string, string>));
      const read = [...(files.get('login.js') ?? '').matchAll(/env\.([A-Z_]+)/g)].map(([, name]) => name);
      expect([...named, 'DB_ENCRYPT', 'DB_TRUST_CERTIFICATE']).toEqual(expect.arrayContaining(read));
    }
  });

  it('tells what is not as expected, with the line, for people, programs and build servers', () => {
    author.write(
      'cases/login.js',
      `async function login(query) {\n  console.log('asked');\n  if (query.email === 'bad') return nonsense;\n  return { id: 1, email: query.email };\n}`,
    );
    author.write(
      'cases/cases.yaml',
      `cases:
  - { name: fine, action: login, args: { email: a@b.test, password: x }, expect: { profile: { id: 1 }, console: [ask] } }
  - { name: another id, action: login, args: { email: a@b.test, password: x }, expect: { profile: { id: 2 } } }
  - { name: "it <breaks> 🐛", action: login, args: { email: bad, password: x }, expect: { rejected: true } }
  - { name: breaks as known, action: login, args: { email: bad, password: x }, expect: { error: { name: ReferenceError, line: 3, message: /nonsense is/ } } }
`,
    );
    const { status, stdout } = userferry(['test', '--junit', 'report.xml'], { at: 'cases' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/✗ another id \(\d+ ms\)\n {4}profile\.id is 1, not 2\n/);
    expect(stdout).toMatch(
      /✗ it <breaks> 🐛.*\n {4}it broke: it ended as threw: ReferenceError.*\n {4}at login\.js:3:/,
    );
    expect(stdout).toMatch(/\n2 of 4 failed\n$/);
    const report = readFileSync(join(author.folder, 'cases/report.xml'), 'utf8');
    expect(report).toContain('tests="4" failures="2"');
    expect(report).toContain('name="it &#60;breaks&#62; 🐛"');
    const nowhere = userferry(['test', '--only', 'fine', '--junit', 'no/such/report.xml'], { at: 'cases' });
    expect(nowhere).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/cannot be written to .*no\/such.*: ENOENT/),
    });
    expect(nowhere.stdout).toContain('✓ fine');
    const json = JSON.parse(userferry(['test', '--json', '--only', 'another'], { at: 'cases' }).stdout);
    expect(json).toMatchObject({
      passed: 0,
      failed: 1,
      cases: [{ name: 'another id', run: { outcome: 'completed' } }],
    });
  });

  it.each([
    ['cases:\n  - name: x\n    action: logn\n    expect: {}\n', /wrong\.yaml:3:13: cases\[0\]\.action must be one of /],
    ['cases: [\n', /wrong\.yaml:\d+:\d+: /],
    ['cases: []\n', /wrong\.yaml:1:8: cases must not be empty/],
    ['cases:\n  - { name: x, action: login, expect: {} }\n', /case "x": login takes exactly one/],
  ])('names the place of a mistake in %j', (text, message) => {
    author.write('wrong/wrong.yaml', text);
    author.write('wrong/login.js', 'function login() {}');
    const { status, stderr } = userferry(['test', 'wrong.yaml'], { at: 'wrong' });
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it('runs again when a file changes, until it is told to stop', async () => {
    author.write('watched/login.js', 'async function login() { return { id: 1 }; }');
    author.write(
      'watched/cases.yaml',
      'cases:\n  - { name: one, action: login, args: { email: a, password: b }, expect: { profile: { id: 1 } } }\n',
    );
    const env = { ...process.env, INIT_CWD: join(author.folder, 'watched') };
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'test', '--watch'], { env });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    const ended = once(child, 'exit');
    await expect.poll(() => err, { timeout: 30_000 }).toContain('waiting for a change');
    expect(out).toContain('1 passed');
    author.write('watched/login.js', 'async function login() { return { id: 2 }; }');
    await expect.poll(() => out, { timeout: 30_000 }).toContain('1 of 1 failed');
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  });
});

describe('userferry check', () => {
  it('finds every kind of mistake at its place, with what to do', () => {
    author.write(
      'mistakes/login.js',
      `const { Client } = require('pgg');\n// @ts-check\n/** @type {Login} */\nasync function login(query) {\n  return { id: query.emial };\n}`,
    );
    author.write('mistakes/getUser.ts', 'enum A { B }\nasync function getUser() { return null; }');
    author.write('mistakes/createUser.js', 'async function createUser( {\n');
    author.write('mistakes/deleteUser.js', 'const helper = 1;');
    author.write('mistakes/listUsers.js', `import axios from 'axios';\nasync function listUsers() {}`);
    author.write(
      'mistakes/searchUser.js',
      `const fs = require('node:fs');\nconst own = require('./own');\nasync function searchUser() {}`,
    );
    const { status, stdout } = userferry(['check'], { at: 'mistakes' });
    for (const told of [
      "login.js:1:29: Cannot find module 'pgg'",
      'did you mean pg?',
      /login\.js:5:22: Property 'emial' does not exist .*TS2551/,
      'getUser.ts:1:1: enum of TypeScript',
      /createUser\.js:\d:\d+: /,
      'deleteUser.js: The script defines no function "deleteUser"',
      'listUsers.js:1:1: Cannot use import statement outside a module',
      'scripts are CommonJS',
      "searchUser.js:1:21: Cannot find module 'node:fs'",
      'a script is one file: put the helpers into it',
    ])
      expect(stdout).toMatch(told);
    expect(status).toBe(1);
    const json = JSON.parse(userferry(['check', 'getUser.ts', '--json'], { at: 'mistakes' }).stdout);
    expect(json).toMatchObject({ files: ['getUser.ts'], problems: [{ file: 'getUser.ts', line: 1, column: 1 }] });
  });

  it.each(['js', 'ts'])(
    'says what saving would refuse: a parameter that no call gives, as in scripts with callbacks (%s)',
    (kind) => {
      author.write(
        `callback-${kind}/login.${kind}`,
        'function login(query, password, context, callback) {\n  callback(null, { id: 1 });\n}',
      );
      const { status, stdout } = userferry(['check'], { at: `callback-${kind}` });
      expect(stdout).toContain(
        `login.${kind}:1:42: login is called with (query, password, context) and nothing more: take out callback`,
      );
      expect(status).toBe(1);
    },
  );

  it('says that a comparison without await lets everybody in', () => {
    author.write(
      'unawaited/login.ts',
      'async function verify(): Promise<boolean> { return false; }\nasync function login() {\n  if (!verify()) throw new Error();\n  return { id: 1 };\n}',
    );
    const { status, stdout } = userferry(['check'], { at: 'unawaited' });
    expect(stdout).toContain('login.ts:3:8: verify gives a promise, which counts as true whatever comes of it');
    expect(status).toBe(1);
  });

  it.each([
    ['mysql', 'mysql2 takes its place'],
    ['tedious', 'mssql takes its place'],
    ['request', 'axios takes its place'],
    ['bcryptjs', 'bcrypt takes its place'],
    ['argon2', 'crypto takes its place'],
    ['mongodb@5.1.0', 'mongodb is here without'],
    ['mssql@6', 'mssql is here without'],
    ['lodahs', 'did you mean lodash?'],
    ['express', 'there are assert, '],
  ])('says what there is instead of %s, which scripts that are brought along require', (name, hint) => {
    const script = { name: 'login.js', source: `require('${name}');` } as ScriptFile;
    const offered = ['assert', 'axios', 'bcrypt', 'crypto', 'lodash', 'mongodb', 'mongodb@3', 'mssql', 'mysql2'];
    expect(moduleProblems(script, offered)).toEqual([
      expect.objectContaining({ message: `Cannot find module '${name}'`, hint: expect.stringContaining(hint) }),
    ]);
  });

  it('says where there is nothing to check', () => {
    author.write('empty/readme.md', '');
    const { status, stderr } = userferry(['check'], { at: 'empty' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('userferry init')]);
  });
});

it('userferry db keeps a database up whose users the scripts find, and ends when it is told to', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'db', '--json']);
  const ended = once(child, 'exit');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { uri, allow, people } = JSON.parse(line.toString());
  const words = ['run', 'postgresql-javascript/login.js', '--email', people[1].email, '--password-stdin'];
  const env = ['--env', JSON.stringify({ DB_CONNECTION_URI: uri }), '--allow', allow];
  expect(userferry([...words, ...env], { input: people[1].password }).stdout).toContain('✓ completed');
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});

it('userferry db ends where it cannot begin', () => {
  const { status, stderr } = userferry(['db', 'oracle']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('oracle')]);
});

describe('help', () => {
  const program = createProgram(() => undefined);

  it('is there for every command, and a misspelt one is told with the nearest', () => {
    const names = program.commands.map((command) => command.name());
    expect(names).toEqual(['init', 'check', 'run', 'test', 'db', 'completion']);
    for (const command of program.commands)
      expect(command.helpInformation()).toContain(`Usage: userferry ${command.name()}`);
    const { status, stderr } = userferry(['chek']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('(Did you mean check?)')]);
    expect(userferry(['run', '--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('--password-stdin'),
    });
  });

  it('completes in bash', () => {
    const asked = `COMP_WORDS=(userferry run --pass) COMP_CWORD=2\n_userferry\necho "\${COMPREPLY[@]}"\n`;
    author.write('complete.sh', `${completionScript(program, 'bash')}\n${asked}`);
    const shell = spawn('bash', [join(author.folder, 'complete.sh')]);
    return expect(once(shell.stdout, 'data').then(String)).resolves.toBe('--password-stdin\n');
  });

  it.each(['zsh', 'fish'] as const)('completes in %s with all commands', (shell) => {
    const text = completionScript(program, shell);
    for (const { name } of [...program.commands].map((command) => ({ name: command.name() })))
      expect(text).toContain(name);
  });
});

describe('what cases are judged by', () => {
  const completed = (value: unknown) =>
    ({
      outcome: 'completed',
      resultJson: JSON.stringify(value),
      logs: [],
      usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
    }) as const;
  const threw = (name: string, code?: string) =>
    ({
      outcome: 'threw',
      error: { name, message: 'no such thing', ...(code !== undefined && { code }) },
      logs: [],
      usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
    }) as const;

  it('compares in part, by type and by pattern', () => {
    expect(
      differences({ a: 1, b: { c: [{ d: '/^x/' }] } }, { a: 1, more: 2, b: { c: [{ d: 'xy', e: 1 }] } }, 'r'),
    ).toEqual([]);
    expect(differences({ a: { $type: 'string' }, b: '/^x/', c: [1, 2] }, { a: 1, b: 'y', c: [1] }, 'r')).toEqual([
      'r.a is 1, not of type string',
      'r.b is "y", not "/^x/"',
      'r.c has 1 items, not 2',
      'r.c[1] is nothing, not 2',
    ]);
  });

  it.each([
    [{ rejected: 'wrong_password' }, threw('WrongUsernameOrPasswordError'), true],
    [{ rejected: 'wrong_password' }, completed(false), true],
    [{ rejected: 'wrong_password' }, threw('Error'), false],
    [{ rejected: true }, threw('Error'), true],
    [{ rejected: true }, threw('TypeError'), false],
    [{ rejected: true }, threw('Error', 'ECONNREFUSED'), false],
    [{ rejected: true }, completed({ id: 1 }), false],
    [{ not_found: true }, completed(null), true],
    [{ not_found: true }, threw('UserNotFoundError'), true],
    [{ not_found: true }, completed({ id: 1 }), false],
    [{ result: true }, completed(true), true],
    [{ result: true }, completed({ a: 1 }), false],
    [{ error: { message: 'no such' } }, threw('Error'), true],
    [{ error: { outcome: 'timed_out' } }, threw('Error'), false],
    [{ error: {} }, completed(null), false],
    [{}, completed(null), true],
    [{}, threw('Error'), false],
  ] as const)('%j of %j: %j', (expected, result, holds) => {
    expect(judgeCase(expected, result).length === 0).toBe(holds);
  });

  it('are described by a schema that editors read', () => {
    expect(caseFileJsonSchema()).toMatchObject({
      type: 'object',
      properties: { cases: { type: 'array' } },
      required: ['cases'],
    });
  });
});

it('a code frame marks the place, tabs and the ends of the text included', () => {
  expect(codeFrame('a\n\tb();\nc', { line: 2, column: 2 })).toBe('  1 | a\n> 2 | \tb();\n    | \t^\n  3 | c');
  expect([codeFrame('a', {}), codeFrame('a', { line: 9 })]).toEqual(['', '']);
});
