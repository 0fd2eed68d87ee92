import { describe, expect, it } from 'vitest';
import { surplusParameters } from './declared-parameters.ts';

const names = (source: string) => surplusParameters(source, 'login').map(({ name }) => name);

describe('the parameters that a script would never be given', () => {
  it.each([
    'async function login(query, password, context, callback) {}',
    'const login = async (query, password, context, callback) => ({});',
    'module.exports = async function (query, password, context, callback) {};',
    'exports.login = function (query, password, context, callback) {};',
    'module.exports.login = (query, password, context, callback) => null;',
  ])('are found in %s', (source) => {
    expect(names(source)).toEqual(['callback']);
  });

  it('are told with their place, from 1', () => {
    const source = 'const pg = require("pg");\nfunction login(query, password, context,\n  db) {}';
    expect(surplusParameters(source, 'login')).toEqual([{ name: 'db', line: 3, column: 3 }]);
  });

  it.each([
    'async function login(query, password, context) {}',
    'async function login(query) {}',
    'function login(query, password, context, db = open()) {}',
    'function login(...args) {}',
    'function helper(a, b, c, d, e) {} function login(query, password) {}',
    'this is no script',
  ])('are none in %s', (source) => {
    expect(names(source)).toEqual([]);
  });
});
