import type { ScriptAction } from '@userferry/script-contract';
import type { CallName, Row, Saying } from './row.ts';

const custom = (call: CallName) => ({ call, mode: 'custom', here: 'custom_user_store' }) as const;
const unpaid = (call: CallName): Row => ({
  call,
  mode: 'custom unpaid',
  here: 'custom_user_store',
  answer: 'undecided PAYMENT_REQUIRED 402',
});

/** One call in a custom user store: which scripts say what, and the answer. Nothing is ever written. */
const row = (call: CallName, answer: string, ...scripts: readonly (readonly [ScriptAction, Saying])[]): Row => ({
  ...custom(call),
  scripts,
  answer,
});

const byId = (each: Row): Row => ({ ...each, by: 'legacy id' });

const login = (saying: Saying, answer: string, settled?: Row['settled']): Row => ({
  call: 'Login',
  mode: 'custom',
  here: 'unknown',
  scripts: [['login', saying]],
  answer,
  ...(settled !== undefined && { settled }),
});

const LOGIN: readonly Row[] = [
  login('profile', 'authenticated legacy', 'proven'),
  login('null', 'rejected INVALID_CREDENTIALS 2333'),
  login('Error', 'rejected INVALID_CREDENTIALS 2333'),
  login('blocked profile', 'rejected USER_LOCKED 2005', 'undecided'),
  login('deleted profile', 'rejected INVALID_CREDENTIALS 2333'),
  login('store unreachable', 'undecided LEGACY_STORE_UNREACHABLE', 'undecided'),
  { call: 'Login', mode: 'custom', here: 'too_many_attempts', answer: 'rejected TOO_MANY_ATTEMPTS' },
  { ...unpaid('Login'), here: 'unknown', settled: 'undecided' },
];

const REGISTER: readonly Row[] = [
  row('Register', 'rejected USER_EXISTS 2026', ['getUser', 'profile']),
  row('Register', 'registered legacy', ['getUser', 'null'], ['createUser', 'profile']),
  row('Register', 'registered legacy', ['getUser', 'deleted profile'], ['createUser', 'profile']),
  row('Register', 'registered legacy', ['getUser', 'null'], ['createUser', 'null'], ['getUser', 'profile']),
  row('Register', 'undecided INVALID_RESULT 603', ['getUser', 'null'], ['createUser', 'null'], ['getUser', 'null']),
  row('Register', 'rejected USER_EXISTS 2026', ['getUser', 'null'], ['createUser', 'UserExistsError']),
  row('Register', 'rejected VALIDATION_FAILED', ['getUser', 'null'], ['createUser', 'ValidationError']),
  row('Register', 'rejected REJECTED_BY_SCRIPT 603', ['getUser', 'null'], ['createUser', 'Error']),
  row('Register', 'undecided SCRIPT_FAILED 603', ['getUser', 'null'], ['createUser', 'TypeError']),
  row('Register', 'undecided INTERRUPTED', ['getUser', 'null'], ['createUser', 'killed']),
  row('Register', 'undecided LEGACY_STORE_UNREACHABLE', ['getUser', 'store unreachable']),
  row('Register', 'undecided SCRIPT_FAILED 603', ['getUser', 'Error']),
  unpaid('Register'),
];

const READ: readonly Row[] = [
  row('GetUser', 'found legacy', ['getUser', 'profile']),
  row('GetUser', 'rejected USER_NOT_FOUND 2004', ['getUser', 'null']),
  row('GetUser', 'rejected USER_NOT_FOUND 2004', ['getUser', 'UserNotFoundError']),
  row('GetUser', 'undecided SCRIPT_FAILED 603', ['getUser', 'Error']),
  row('GetUser', 'undecided LEGACY_STORE_UNREACHABLE', ['getUser', 'store unreachable']),
  { ...row('GetUser', 'rejected USER_NOT_FOUND 2004'), by: 'our id' },
  unpaid('GetUser'),
  row('SearchUsers', 'found page of legacy', ['searchUser', 'page']),
  row('SearchUsers', 'found page of nobody', ['searchUser', 'null']),
  row('SearchUsers', 'undecided SCRIPT_FAILED 603', ['searchUser', 'not implemented']),
  row('ListUsers', 'listed page of legacy', ['listUsers', 'page']),
  row('ListUsers', 'undecided SCRIPT_FAILED 603', ['listUsers', 'Error']),
  row('ListUsers', 'undecided LEGACY_STORE_UNREACHABLE', ['listUsers', 'store unreachable']),
  unpaid('ListUsers'),
];

const WRITE: readonly Row[] = [
  row('UpdateUser', 'updated legacy', ['getUser', 'profile'], ['updateUser', 'profile']),
  byId(row('UpdateUser', 'updated legacy', ['updateUser', 'profile'])),
  byId(row('UpdateUser', 'updated legacy', ['updateUser', 'null'], ['getUser', 'profile'])),
  byId(row('UpdateUser', 'rejected USER_NOT_FOUND 2004', ['updateUser', 'UserNotFoundError'])),
  byId(row('UpdateUser', 'rejected USER_EXISTS 2026', ['updateUser', 'UserExistsError'])),
  byId(row('UpdateUser', 'rejected VALIDATION_FAILED', ['updateUser', 'ValidationError'])),
  byId(row('UpdateUser', 'rejected REJECTED_BY_SCRIPT 603', ['updateUser', 'Error'])),
  byId(row('UpdateUser', 'undecided INTERRUPTED', ['updateUser', 'killed'])),
  byId(row('UpdateUser', 'undecided TIMED_OUT 603', ['updateUser', 'timed out'])),
  row('UpdateUser', 'rejected USER_NOT_FOUND 2004', ['getUser', 'null']),
  {
    ...row('UpdateUser', 'rejected USER_NOT_FOUND 2004', ['getUser', 'profile with another e-mail']),
    password: true,
  },
  unpaid('UpdateUser'),
  row('DeleteUser', 'deleted', ['getUser', 'profile'], ['deleteUser', 'true']),
  byId(row('DeleteUser', 'deleted', ['deleteUser', 'true'])),
  byId(row('DeleteUser', 'undecided INVALID_RESULT 603', ['deleteUser', 'false'])),
  byId(row('DeleteUser', 'rejected USER_NOT_FOUND 2004', ['deleteUser', 'UserNotFoundError'])),
  byId(row('DeleteUser', 'rejected REJECTED_BY_SCRIPT 603', ['deleteUser', 'Error'])),
  byId(row('DeleteUser', 'undecided INTERRUPTED', ['deleteUser', 'killed'])),
  row('DeleteUser', 'rejected USER_NOT_FOUND 2004', ['getUser', 'null']),
];

const proven = (each: Row): Row => ({ ...each, settled: 'proven_without_login' });
const undecided = (each: Row): Row => ({ ...each, settled: 'undecided' });
const found = ['getUser', 'profile'] as const;
const valid = ['validatePassword', 'true'] as const;
const WRONG_OLD = 'rejected WRONG_OLD_PASSWORD 2203';

const PASSWORDS: readonly Row[] = [
  proven(row('ChangePassword', 'changed legacy', found, valid, ['updateUser', 'profile'])),
  proven(row('ChangePassword', 'changed legacy', found, valid, ['updateUser', 'null'], found)),
  proven(row('ChangePassword', 'rejected VALIDATION_FAILED', found, valid, ['updateUser', 'ValidationError'])),
  proven(row('ChangePassword', 'undecided INTERRUPTED', found, valid, ['updateUser', 'killed'])),
  row('ChangePassword', WRONG_OLD, found, ['validatePassword', 'false']),
  row('ChangePassword', WRONG_OLD, found, ['validatePassword', 'UserNotFoundError']),
  row('ChangePassword', 'rejected REJECTED_BY_SCRIPT 603', found, ['validatePassword', 'Error']),
  undecided(
    row('ChangePassword', 'undecided LEGACY_STORE_UNREACHABLE', found, ['validatePassword', 'store unreachable']),
  ),
  row('ChangePassword', WRONG_OLD, ['getUser', 'null']),
  row('ChangePassword', 'rejected USER_LOCKED 2005', ['getUser', 'blocked profile']),
  unpaid('ChangePassword'),
  proven(row('ResetPassword', 'reset legacy', found, ['updateUser', 'profile'])),
  proven(row('ResetPassword', 'reset legacy', found, ['updateUser', 'null'], found)),
  row('ResetPassword', 'rejected VALIDATION_FAILED', found, ['updateUser', 'ValidationError']),
  row('ResetPassword', 'undecided INTERRUPTED', found, ['updateUser', 'killed']),
  row('ResetPassword', 'rejected USER_NOT_FOUND 2004', ['getUser', 'null']),
  row('ResetPassword', 'rejected USER_NOT_FOUND 2004', ['getUser', 'profile with another e-mail']),
  unpaid('ResetPassword'),
];

export const CUSTOM_ROWS: readonly Row[] = [...LOGIN, ...REGISTER, ...READ, ...WRITE, ...PASSWORDS];
