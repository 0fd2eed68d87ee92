import type { CallName, Row } from './row.ts';

const local = (call: CallName) => ({ call, mode: 'local' }) as const;

/** No connection, or one that is switched off: no script ever runs. */
export const LOCAL_ROWS: readonly Row[] = [
  { ...local('Login'), here: 'verified', answer: 'authenticated ours' },
  { ...local('Login'), here: 'wrong_password', answer: 'rejected INVALID_CREDENTIALS 2333' },
  { ...local('Login'), here: 'unknown', answer: 'rejected INVALID_CREDENTIALS 2333' },
  { ...local('Login'), here: 'tombstoned', answer: 'rejected INVALID_CREDENTIALS 2333' },
  { ...local('Login'), here: 'locked', answer: 'rejected USER_LOCKED 2005' },
  { ...local('Register'), here: 'ok', answer: 'rejected USER_EXISTS 2026' },
  { ...local('Register'), here: 'tombstoned', answer: 'rejected USER_TOMBSTONED 2004' },
  { ...local('Register'), here: 'not_found', writes: ['CreateUser'], answer: 'registered ours' },
  { ...local('GetUser'), here: 'ok', answer: 'found ours' },
  { ...local('GetUser'), here: 'not_found', answer: 'rejected USER_NOT_FOUND 2004' },
  { ...local('SearchUsers'), here: 'ok', answer: 'found page of ours' },
  { ...local('ListUsers'), here: 'ok', answer: 'listed page of ours' },
  { ...local('UpdateUser'), here: 'ok', writes: ['UpdateUser'], answer: 'updated ours' },
  { ...local('UpdateUser'), here: 'not_found', answer: 'rejected USER_NOT_FOUND 2004' },
  { ...local('DeleteUser'), here: 'ok', writes: ['DeleteUser'], answer: 'deleted' },
  { ...local('DeleteUser'), here: 'not_found', answer: 'rejected USER_NOT_FOUND 2004' },
  { ...local('DeleteUser'), here: 'tombstoned', answer: 'deleted' },
  { ...local('ChangePassword'), here: 'ok', writes: ['ChangePassword'], answer: 'changed ours' },
  {
    ...local('ChangePassword'),
    here: 'not_found',
    writes: [['ChangePassword', 'wrong_password']],
    answer: 'rejected WRONG_OLD_PASSWORD 2203',
  },
  {
    ...local('ResetPassword'),
    here: 'ok',
    writes: ['ChangePassword'],
    settled: 'proven_without_login',
    answer: 'reset ours',
  },
  { ...local('ResetPassword'), here: 'not_found', answer: 'rejected USER_NOT_FOUND 2004' },
];
