import { expect, it } from 'vitest';
import { requiredModules } from './required-modules.ts';

it('modules are found wherever they are required by name, each once, with their place', () => {
  const source = `const { Client } = require('pg');
async function login(query) {
  const crypto = require("node:crypto"), again = require('pg');
  return require(query.name) || notRequire('x') || this.require('y') || \`\${require('lodash')}\`;
}`;
  expect(requiredModules(source)).toEqual([
    { name: 'pg', line: 1, column: 28 },
    { name: 'node:crypto', line: 3, column: 26 },
    { name: 'lodash', line: 4, column: 84 },
  ]);
});

it('a source that cannot be read requires nothing, however it is made', () => {
  for (const source of ['function (', `${'('.repeat(50_000)}`, `require('pg'`])
    expect(requiredModules(source)).toEqual([]);
});
