import { describe, expect, it } from 'vitest';
import { unawaitedProblems } from './unawaited-problems.ts';

const BCRYPT = "const bcrypt = require('bcrypt');\n";
const told = (source: string) => unawaitedProblems(source).map(({ message }) => message.split(' ')[0]);

describe('a condition that is a promise', () => {
  it.each([
    'async function login(q, p) { if (!bcrypt.compare(p, q.hash)) throw 1; }',
    'async function login(q, p) { if (!q || !bcrypt.compare(p, q.hash)) throw 1; }',
    'async function login(q, p) { if (q && bcrypt.compare(p, q.hash)) return q; }',
    'async function login(q, p) { return bcrypt.compare(p, q.hash) ? q : null; }',
    'async function login(q, p) { while (bcrypt.compare(p, q.hash)) return q; }',
  ])('is found in %s', (source) => {
    expect(told(BCRYPT + source)).toEqual(['bcrypt.compare']);
  });

  it.each([
    'async function verify() {} function login() { if (!verify()) throw 1; }',
    'const verify = async () => true; function login() { if (!verify()) throw 1; }',
    'const verify = async function () {}; function login() { if (!verify()) throw 1; }',
  ])('is found where the script’s own function is async: %s', (source) => {
    expect(told(source)).toEqual(['verify']);
  });

  it('is told with its place, and what to do', () => {
    expect(unawaitedProblems(`${BCRYPT}function login(q, p) {\n  if (!bcrypt.compare(p, q)) throw 1;\n}`)).toEqual([
      {
        message: 'bcrypt.compare gives a promise, which counts as true whatever comes of it: write await before it',
        line: 3,
        column: 8,
      },
    ]);
  });

  it.each([
    `${BCRYPT}async function login(q, p) { if (!(await bcrypt.compare(p, q.hash))) throw 1; }`,
    `${BCRYPT}async function login(q, p) { const same = bcrypt.compare(p, q.hash); if (!(await same)) throw 1; }`,
    `${BCRYPT}function login(q, p) { return bcrypt.compare(p, q.hash).then((same) => (same ? q : null)); }`,
    `${BCRYPT}function login(q, p) { if (!bcrypt.compareSync(p, q.hash)) throw 1; }`,
    `${BCRYPT}function login(q, p) { if (!bcrypt.compare(p, q.hash, done)) return; }`,
    `${BCRYPT}async function login(q, p) { return q ? bcrypt.compare(p, q.hash) : null; }`,
    'function verify() {} function login() { if (!verify()) throw 1; }',
    'async function verify() {} function login(verify) { if (!verify()) throw 1; }',
    'async function verify() {} function login() { const verify = () => true; if (!verify()) throw 1; }',
    'async function verify() {} function login({ verify }) { if (!verify()) throw 1; }',
    'async function verify() {} function login() { const { is: [verify] } = own; if (!verify()) throw 1; }',
    'async function verify() {} function login(...verify) { if (!verify()) throw 1; }',
    'async function verify() {} function login() { try {} catch (verify) { if (!verify()) throw 1; } }',
    'async function verify() {} verify = () => true; function login() { if (!verify()) throw 1; }',
    `${BCRYPT}function login(bcrypt) { if (!bcrypt.compare(1, 2)) throw 1; }`,
    'const bcrypt = { compare: () => true }; function login() { if (!bcrypt.compare(1, 2)) throw 1; }',
    'this is no script',
  ])('is none in %s', (source) => {
    expect(told(source)).toEqual([]);
  });

  it.each([
    `async function f() {} ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    `async function f() {} if (${'a || '.repeat(15_000)}b) c;`,
    `async function f() {} if (${'a || '.repeat(3_000)}b) c;`,
    `async function f() {} ${'(a = '.repeat(3_000)}b${') => c'.repeat(3_000)};`,
    `async function f() {}${';'.repeat(200_000)}`,
    `async function f() {} const ${'['.repeat(20_000)}a${']'.repeat(20_000)} = b;`,
  ])('is looked for in a source of any depth', (source) => {
    expect(told(source)).toEqual([]);
  });
});
