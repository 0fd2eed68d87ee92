import { describe, expect, it } from 'vitest';
import { defaultErrorMessage, requiredActions, SCRIPT_ACTIONS } from './actions.ts';
import { checkResult } from './check-result.ts';
import { judgeThrow } from './judge-throw.ts';

describe('the scripts that a mode requires', () => {
  it('are login and getUser in lazy migration', () => {
    expect(requiredActions('lazy_migration')).toEqual(['login', 'getUser']);
  });

  it('are all but searchUser in a custom user store', () => {
    expect(requiredActions('custom_user_store')).toEqual(SCRIPT_ACTIONS.filter((action) => action !== 'searchUser'));
  });
});

describe('the default error', () => {
  it.each([
    ['login', 'Please implement the Login script for this database connection'],
    ['getUser', 'Please implement the Find User script for this database connection'],
    ['searchUser', 'Please implement the Search User script for this database connection'],
    ['createUser', 'Please implement the Create User script for this database connection'],
    ['updateUser', 'Please implement the Update User script for this database connection'],
    ['deleteUser', 'Please implement the Delete Account script for this database connection'],
    ['listUsers', 'Please implement the List Users script for this database connection'],
    ['validatePassword', 'Please implement the Validate Password script for this database connection'],
  ] as const)('of %s is worded as published', (action, message) => {
    expect(defaultErrorMessage(action)).toBe(message);
  });
});

describe('a result', () => {
  it.each([
    ['login', { id: '1', email: 'a@b.c' }],
    ['login', { id: 0 }],
    ['login', null],
    ['getUser', null],
    ['searchUser', null],
    ['listUsers', { totalCount: 1, list: [{ id: 'x' }] }],
    ['deleteUser', true],
    ['validatePassword', false],
    ['createUser', null],
  ] as const)('of %s is accepted: %j', (action, value) => {
    expect(checkResult(action, value)).toBeUndefined();
  });

  it.each([
    ['login', 'yes', 'result must be a profile object'],
    ['login', [], 'result must be a profile object, not an array'],
    ['login', {}, 'result.id is missing'],
    ['login', { id: '' }, 'result.id is missing'],
    ['login', { id: {} }, 'result.id must be a string or a finite number'],
    ['listUsers', null, 'result must be { totalCount, list }'],
    ['listUsers', { totalCount: -1, list: [] }, 'result.totalCount'],
    ['listUsers', { totalCount: 1, list: [{ id: 1 }, {}] }, 'result.list[1].id'],
    ['deleteUser', false, 'result must be true, not false'],
    ['validatePassword', 'true', 'result must be true or false'],
  ] as const)('of %s is refused by the name of its field: %j', (action, value, problem) => {
    expect(checkResult(action, value)).toContain(problem);
  });
});

describe('a thrown error', () => {
  it('is a refusal when it is a plain Error', () => {
    expect(judgeThrow({ name: 'Error', message: 'no such user' })).toBe('rejected');
  });

  it('says what it is by its class', () => {
    expect(judgeThrow({ name: 'WrongUsernameOrPasswordError', message: '' })).toBe('wrong_password');
    expect(judgeThrow({ name: 'UserNotFoundError', message: '' })).toBe('user_not_found');
  });

  it('is no refusal when the script broke or a driver threw', () => {
    expect(judgeThrow({ name: 'TypeError', message: 'x is undefined' })).toBe('broken');
    expect(judgeThrow({ name: 'error', message: 'relation "users" does not exist', code: '42P01' })).toBe('broken');
    expect(judgeThrow({ name: 'constructor', message: '' })).toBe('broken');
    expect(judgeThrow(undefined)).toBe('broken');
  });
});
