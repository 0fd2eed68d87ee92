import { describe, expect, it } from 'vitest';
import { callbackProblems } from './callback-problems.ts';

describe('a callback that a script is never given', () => {
  it('is told with its place, and what to do', () => {
    const source =
      'function login(email, password, callback) {\n  return callback(new WrongUsernameOrPasswordError(email));\n}';
    expect(callbackProblems(source, 'login')).toEqual([
      {
        message:
          'login is called with (query, password, context) and without callback: it answers by return and throw; ' +
          'scripts of Auth0 need the wrapper of docs/moving-from-genauth.md',
        line: 1,
        column: 33,
      },
    ]);
  });

  it.each([
    'const login = (email, password, cb) => find(email, (error, user) => cb(error, user));',
    'module.exports = function (email, password, done) { check(email, password, done); };',
    'exports.login = async (email, callback) => { callback(null, { id: 1 }); };',
  ])('is found in %s', (source) => {
    expect(callbackProblems(source, 'login')).toHaveLength(1);
  });

  it('is found in a function of two parameters', () => {
    expect(callbackProblems('function deleteUser(id, callback) { callback(null); }', 'deleteUser')).toHaveLength(1);
  });

  it.each([
    'function login(query, password, context) { return find((callback) => callback(query)); }',
    'function login(query, password, done) { return { id: 1 }; }',
    'function old(email, password, callback) { callback(); } function login(query, password, context) { return wrap(old); }',
    'function login(...args) { return args; }',
    'this is no script',
  ])('is none in %s', (source) => {
    expect(callbackProblems(source, 'login')).toEqual([]);
  });
});
