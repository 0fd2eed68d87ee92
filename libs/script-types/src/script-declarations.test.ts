import { LEGACY_STORES, templateOf } from '@userferry/script-templates';
import { describe, expect, it } from 'vitest';
import { declaredValues } from '../build/declared-values.ts';
import guestValues from './guest-values.json' with { type: 'json' };
import { scriptDeclarations, scriptDeclarationsText } from './script-declarations.ts';
import { compileScripts } from './testing/compile-scripts.ts';

type Kinds = Readonly<Record<string, string>>;
const GUEST = guestValues as Readonly<Record<string, Kinds>>;
const MODULES = Object.keys(GUEST).filter((name) => name !== 'globalThis');
const declared = declaredValues(MODULES);
const ACTIONS = [
  'login',
  'getUser',
  'searchUser',
  'createUser',
  'updateUser',
  'deleteUser',
  'listUsers',
  'validatePassword',
] as const;

/** What is declared and not there, and why nothing is done about it. */
const TOLERATED: Readonly<Record<string, string>> = {
  'globalThis.SharedArrayBuffer': 'is of the language, whose own declarations come with every compiler',
  'globalThis.Atomics': 'likewise',
  'mysql2.PrepareStatementInfo': 'a class of mysql2 that its own types export and it does not',
  'mysql2/promise.PrepareStatementInfo': 'likewise',
  'mysql2/promise.createServer': 'mysql2’s own types say that the promise module has all of the other',
  'mysql2/promise.authPlugins': 'likewise',
};

describe('the declarations, held against what scripts find in the sandbox', () => {
  it('declare no value that is not there, and each with its kind', () => {
    const wrong = Object.entries(declared).flatMap(([module, kinds]) =>
      Object.entries(kinds).flatMap(([name, kind]) => {
        const there = GUEST[module]?.[name];
        const real = there === 'unavailable' ? 'function' : there;
        return kind === real || (kind === 'any' && real !== undefined) ? [] : [`${module}.${name}`];
      }),
    );
    expect(wrong.sort()).toEqual(Object.keys(TOLERATED).sort());
  });

  it('offer no function that only says that it is not available', () => {
    const offered = Object.entries(declared).flatMap(([module, kinds]) =>
      Object.keys(kinds)
        .filter((name) => GUEST[module]?.[name] === 'unavailable')
        .map((name) => `${module}.${name}`),
    );
    // Classes stay: other types speak of them. A method of an interface that two modules share, likewise.
    expect(offered.filter((name) => !/\.[A-Z]/.test(name))).toEqual(['path.matchesGlob']);
  });

  it('declare every global', () => {
    const missing = Object.keys(GUEST.globalThis ?? {}).filter((name) => !(name in (declared.globalThis ?? {})));
    expect(missing).toEqual(['globalThis']); // the language's own word
  });

  it('declare every module, and all but the oldest MongoDB driver with what it gives', () => {
    expect(MODULES.filter((module) => Object.keys(declared[module] ?? {}).length === 0)).toEqual(['mongodb@3']);
    for (const name of ['Client', 'Pool', 'types']) expect(declared.pg).toHaveProperty(name);
    for (const name of ['compare', 'hashSync']) expect(declared.bcrypt).toHaveProperty(name);
  });

  it('need nothing beside themselves, and no check is skipped', async () => {
    expect(await compileScripts({}, { skipLibCheck: false })).toEqual([]);
  });

  it('come as texts, and as one', () => {
    const whole = scriptDeclarationsText();
    for (const { text } of scriptDeclarations()) expect(whole).toContain(text);
    expect(whole).not.toMatch(/(from|import)\s*\(?["'](\.|\/)/);
  });
});

const annotated = (source: string, action: string): string =>
  source.replace(
    new RegExp(`^async function ${action}\\(`, 'm'),
    `/** @type {${action.charAt(0).toUpperCase()}${action.slice(1)}} */\n$&`,
  );

describe('scripts that are read with the declarations', () => {
  it('are without mistakes where they are ready-made ones', async () => {
    const scripts = LEGACY_STORES.flatMap((store) =>
      ACTIONS.map((action) => [`${store}/${action}.js`, annotated(templateOf(store, action), action)]),
    );
    expect(scripts).toHaveLength(40);
    for (const [, source] of scripts) expect(source).toContain('@type');
    expect(await compileScripts(Object.fromEntries(scripts))).toEqual([]);
  });

  it('may be TypeScript', async () => {
    const source = `
      const { Pool } = require('pg');
      const axios = require('axios');
      const { createHash } = require('node:crypto');
      async function login(query: LoginQuery, password: string, context: ScriptContext): Promise<Profile | null> {
        const pool = new Pool({ connectionString: env.DB_CONNECTION_URI });
        const { rows } = await pool.query<{ id: number; hash: string }>('SELECT 1', [query.email]);
        const answer: Response = await fetch(new URL('https://example.com'));
        const { data } = await axios.get('https://example.com', { timeout: 1000 });
        if (createHash('sha256').update(password).digest('hex') !== rows[0]?.hash) throw new WrongUsernameOrPasswordError();
        console.log(context.application, answer.status, data);
        return { id: rows[0].id, email: query.email, customData: { from: 'here' } };
      }`;
    expect(await compileScripts({ 'login.ts': source })).toEqual([]);
  });

  it.each(['login.js', 'login.ts'])(
    'have the functions of lodash by themselves, and lodash/fp, in %s',
    async (file) => {
      const source = `const get = require('lodash/get'); const isEmpty = require('lodash/isEmpty'); const fp = require('lodash/fp'); const pick = require('lodash/pick');
      function login(query) { return isEmpty(query) ? null : { id: get({ id: 1 }, 'id').toFixed(), email: fp.toLower('A'), ...pick({ nickname: 'x' }, ['nickname']) } }
      get(1, 2, 3, 4, 5);`;
      const parameter = file.endsWith('ts') ? '(query: object)' : '(query)';
      const mistakes = await compileScripts({ [file]: source.replace('(query)', parameter) });
      expect(mistakes).toEqual([expect.stringContaining(`${file}(3,20): error TS`)]);
    },
  );

  it.each([
    ['a profile without an id', `/** @type {Login} */\nasync function login() { return { email: 'a' }; }`, 2, 'TS2741'],
    [
      'a misspelt field of the query',
      `/** @type {Login} */\nasync function login(query) {\n return { id: query.mail }; }`,
      3,
      'TS2551',
    ],
    [
      'deleteUser that answers false',
      `/** @type {DeleteUser} */\nasync function deleteUser() { return false; }`,
      2,
      'TS2322',
    ],
    ['a misspelt class of a module', `const { Klient } = require('pg');`, 1, 'TS2724'],
    ['a module that is not on offer', `const fs = require('fs');`, 1, 'TS2591'],
    ['a function that is not available', `require('net').createServer();`, 1, 'TS2339'],
    ['what a process outside of the sandbox has', `process.binding;`, 1, 'TS2339'],
    ['a variable that is changed', `env.DB_HOST = 'x';`, 1, 'TS2540'],
    [
      'a query with no text',
      `/** @type {SearchUser} */\nasync function searchUser(keyword) { keyword.push(1); return null; }`,
      2,
      'TS2339',
    ],
  ])('are told of %s', async (_, source, line, code) => {
    const mistakes = await compileScripts({ 'script.js': source });
    expect(mistakes).toContainEqual(expect.stringMatching(new RegExp(`^script\\.js\\(${line},\\d+\\): error ${code}`)));
  });

  it('are told of a module that is not on offer in TypeScript too', async () => {
    const mistakes = await compileScripts({ 'script.ts': `require('fs');` });
    expect(mistakes).toEqual([expect.stringMatching(/^script\.ts\(1,\d+\): error TS2345/)]);
  });
});
