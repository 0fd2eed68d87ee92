import { describe, expect, it } from 'vitest';
import { importProblems } from './import-problems.ts';

const told = (source: string) => importProblems(source).map(({ message }) => message);

describe('import() in a script', () => {
  it('is told with its place, and what to write', () => {
    const message = "import() loads nothing here: take require('pg'), as in scripts in CommonJS";
    expect(importProblems("async function login() {\n  const { Client } = await import('pg');\n}")).toEqual([
      { message, line: 2, column: 28 },
    ]);
  });

  it('is told each time that it stands there, also of a name that is put together', () => {
    const source = "function login(q) { import('pg'); return import(q.module); }";
    expect(told(source)).toEqual([expect.stringContaining("require('pg'),"), expect.stringContaining('require(),')]);
  });

  it.each([
    "const { Client } = require('pg'); function login() {}",
    "function login() { return \"import('pg')\"; } // import('pg')",
    'function login() { return { import: 1 }.import; }',
  ])('is not seen in %s', (source) => {
    expect(told(source)).toEqual([]);
  });
});
