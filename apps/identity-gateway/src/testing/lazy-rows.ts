import type { CallName, Mode, Row, Saying } from './row.ts';

const OUTAGES: readonly (readonly [Saying, string, Row['settled'] & string])[] = [
  ['store unreachable', 'undecided LEGACY_STORE_UNREACHABLE', 'undecided'],
  ['egress denied', 'undecided EGRESS_DENIED 603', 'script_failed'],
  ['timed out', 'undecided TIMED_OUT 603', 'undecided'],
  ['TypeError', 'undecided SCRIPT_FAILED 603', 'script_failed'],
  ['profile without id', 'undecided INVALID_RESULT 603', 'script_failed'],
  ['not implemented', 'undecided SCRIPT_FAILED 603', 'script_failed'],
];

/** Nobody can say who a user is while `getUser` does not answer: nothing is written. */
const lookUpFails = (call: CallName): readonly Row[] =>
  OUTAGES.map(([saying, answer]) => ({
    call,
    mode: 'lazy',
    here: 'not_found',
    scripts: [['getUser', saying]],
    answer,
  }));

const lazy = (call: CallName) => {
  const mode: Mode = 'lazy';
  return { call, mode } as const;
};

const LOGIN: readonly Row[] = [
  { ...lazy('Login'), here: 'verified', answer: 'authenticated ours' },
  { ...lazy('Login'), here: 'wrong_password', answer: 'rejected INVALID_CREDENTIALS 2333' },
  { ...lazy('Login'), here: 'tombstoned', answer: 'rejected INVALID_CREDENTIALS 2333' },
  { ...lazy('Login'), here: 'locked', answer: 'rejected USER_LOCKED 2005' },
  { ...lazy('Login'), here: 'too_many_attempts', answer: 'rejected TOO_MANY_ATTEMPTS' },
  {
    ...lazy('Login'),
    here: 'unknown',
    scripts: [['login', 'profile']],
    writes: ['MigrateUser'],
    answer: 'authenticated ours, migrated now',
  },
  {
    ...lazy('Login'),
    here: 'unknown',
    scripts: [['login', 'profile']],
    writes: [['MigrateUser', 'already_migrated']],
    answer: 'authenticated ours',
  },
  {
    ...lazy('Login'),
    here: 'unknown',
    scripts: [['login', 'profile']],
    writes: [['MigrateUser', 'tombstoned']],
    answer: 'rejected INVALID_CREDENTIALS 2333',
  },
  {
    ...lazy('Login'),
    here: 'unknown',
    scripts: [['login', 'profile']],
    writes: [['MigrateUser', 'wrong_password']],
    answer: 'rejected INVALID_CREDENTIALS 2333',
  },
  {
    ...lazy('Login'),
    here: 'unknown',
    scripts: [['login', 'profile']],
    writes: [['MigrateUser', 'locked']],
    answer: 'rejected USER_LOCKED 2005',
  },
  {
    ...lazy('Login'),
    here: 'unknown',
    scripts: [['login', 'profile']],
    writes: [['MigrateUser', 'conflict']],
    settled: 'undecided',
    answer: 'undecided IDENTIFIER_CONFLICT',
  },
  ...(['null', 'deleted profile', 'Error', 'WrongUsernameOrPasswordError', 'UserNotFoundError'] as const).map(
    (saying): Row => ({
      ...lazy('Login'),
      here: 'unknown',
      scripts: [['login', saying]],
      answer: 'rejected INVALID_CREDENTIALS 2333',
    }),
  ),
  {
    ...lazy('Login'),
    here: 'unknown',
    scripts: [['login', 'blocked profile']],
    settled: 'undecided',
    answer: 'rejected USER_LOCKED 2005',
  },
  ...OUTAGES.map(
    ([saying, answer, settled]): Row => ({
      ...lazy('Login'),
      here: 'unknown',
      scripts: [['login', saying]],
      settled,
      answer,
    }),
  ),
  {
    ...lazy('Login'),
    here: 'unknown',
    scripts: [['login', 'killed']],
    settled: 'undecided',
    answer: 'undecided INTERRUPTED',
  },
  { call: 'Login', mode: 'lazy unpaid', here: 'verified', answer: 'authenticated ours' },
  {
    call: 'Login',
    mode: 'lazy unpaid',
    here: 'unknown',
    settled: 'undecided',
    answer: 'undecided PAYMENT_REQUIRED 402',
  },
];

const REGISTER: readonly Row[] = [
  { ...lazy('Register'), here: 'ok', answer: 'rejected USER_EXISTS 2026' },
  { ...lazy('Register'), here: 'tombstoned', answer: 'rejected USER_TOMBSTONED 2004' },
  { ...lazy('Register'), here: 'not_found', scripts: [['getUser', 'profile']], answer: 'rejected USER_EXISTS 2026' },
  {
    ...lazy('Register'),
    here: 'not_found',
    hereById: 'tombstoned',
    scripts: [['getUser', 'profile']],
    answer: 'rejected USER_TOMBSTONED 2004',
  },
  {
    ...lazy('Register'),
    here: 'not_found',
    scripts: [['getUser', 'null']],
    writes: ['CreateUser'],
    answer: 'registered ours',
  },
  {
    ...lazy('Register'),
    here: 'not_found',
    scripts: [['getUser', 'deleted profile']],
    writes: ['CreateUser'],
    answer: 'registered ours',
  },
  {
    ...lazy('Register'),
    here: 'not_found',
    scripts: [['getUser', 'null']],
    writes: [['CreateUser', 'exists']],
    answer: 'rejected USER_EXISTS 2026',
  },
  {
    ...lazy('Register'),
    here: 'not_found',
    scripts: [['getUser', 'null']],
    writes: [['CreateUser', 'weak']],
    answer: 'rejected PASSWORD_TOO_WEAK',
  },
  ...lookUpFails('Register'),
  { call: 'Register', mode: 'lazy unpaid', here: 'not_found', answer: 'undecided PAYMENT_REQUIRED 402' },
];

const GET: readonly Row[] = [
  { ...lazy('GetUser'), here: 'ok', answer: 'found ours' },
  { ...lazy('GetUser'), here: 'tombstoned', answer: 'rejected USER_TOMBSTONED 2004' },
  { ...lazy('GetUser'), here: 'not_found', scripts: [['getUser', 'profile']], answer: 'found legacy' },
  { ...lazy('GetUser'), here: 'not_found', hereById: 'ok', scripts: [['getUser', 'profile']], answer: 'found ours' },
  {
    ...lazy('GetUser'),
    here: 'not_found',
    hereById: 'tombstoned',
    scripts: [['getUser', 'profile']],
    answer: 'rejected USER_TOMBSTONED 2004',
  },
  { ...lazy('GetUser'), here: 'not_found', scripts: [['getUser', 'blocked profile']], answer: 'found legacy' },
  { ...lazy('GetUser'), here: 'not_found', scripts: [['getUser', 'null']], answer: 'rejected USER_NOT_FOUND 2004' },
  {
    ...lazy('GetUser'),
    here: 'not_found',
    scripts: [['getUser', 'deleted profile']],
    answer: 'rejected USER_NOT_FOUND 2004',
  },
  { ...lazy('GetUser'), here: 'not_found', by: 'our id', answer: 'rejected USER_NOT_FOUND 2004' },
  ...lookUpFails('GetUser'),
  { call: 'GetUser', mode: 'lazy unpaid', here: 'ok', answer: 'found ours' },
  { call: 'GetUser', mode: 'lazy unpaid', here: 'not_found', answer: 'undecided PAYMENT_REQUIRED 402' },
];

const CHANGES: readonly Row[] = [
  { ...lazy('SearchUsers'), here: 'ok', answer: 'found page of ours' },
  { ...lazy('ListUsers'), here: 'ok', answer: 'listed page of ours' },
  { ...lazy('UpdateUser'), here: 'ok', writes: ['UpdateUser'], answer: 'updated ours' },
  {
    ...lazy('UpdateUser'),
    here: 'ok',
    scripts: [['getUser', 'null']],
    writes: [['UpdateUser', 'exists']],
    answer: 'rejected USER_EXISTS 2026',
  },
  {
    ...lazy('UpdateUser'),
    here: 'ok',
    password: true,
    writes: [['UpdateUser', 'weak']],
    answer: 'rejected PASSWORD_TOO_WEAK',
  },
  { ...lazy('UpdateUser'), here: 'not_found', scripts: [['getUser', 'profile']], answer: 'rejected USER_NOT_MIGRATED' },
  {
    ...lazy('UpdateUser'),
    here: 'not_found',
    password: true,
    scripts: [['getUser', 'profile']],
    writes: ['MigrateUser', 'UpdateUser'],
    settled: 'proven_without_login',
    answer: 'updated ours',
  },
  {
    ...lazy('UpdateUser'),
    here: 'not_found',
    password: true,
    scripts: [['getUser', 'blocked profile']],
    answer: 'rejected USER_LOCKED 2005',
  },
  {
    ...lazy('UpdateUser'),
    here: 'not_found',
    password: true,
    scripts: [['getUser', 'profile with another e-mail']],
    answer: 'rejected USER_NOT_FOUND 2004',
  },
  { ...lazy('UpdateUser'), here: 'not_found', scripts: [['getUser', 'null']], answer: 'rejected USER_NOT_FOUND 2004' },
  { ...lazy('UpdateUser'), here: 'tombstoned', answer: 'rejected USER_TOMBSTONED 2004' },
  ...lookUpFails('UpdateUser'),
  { ...lazy('DeleteUser'), here: 'ok', writes: ['DeleteUser'], answer: 'deleted' },
  {
    ...lazy('DeleteUser'),
    here: 'not_found',
    scripts: [['getUser', 'profile']],
    writes: ['DeleteUser'],
    answer: 'deleted',
  },
  {
    ...lazy('DeleteUser'),
    here: 'not_found',
    hereById: 'ok',
    scripts: [['getUser', 'profile']],
    writes: ['DeleteUser'],
    answer: 'deleted',
  },
  { ...lazy('DeleteUser'), here: 'not_found', scripts: [['getUser', 'null']], answer: 'rejected USER_NOT_FOUND 2004' },
  { ...lazy('DeleteUser'), here: 'tombstoned', answer: 'deleted' },
  ...lookUpFails('DeleteUser'),
];

const PASSWORDS: readonly Row[] = [
  { ...lazy('ChangePassword'), here: 'ok', writes: ['ChangePassword'], answer: 'changed ours' },
  {
    ...lazy('ChangePassword'),
    here: 'ok',
    writes: [['ChangePassword', 'wrong_password']],
    answer: 'rejected WRONG_OLD_PASSWORD 2203',
  },
  {
    ...lazy('ChangePassword'),
    here: 'ok',
    writes: [['ChangePassword', 'too_many_attempts']],
    answer: 'rejected TOO_MANY_ATTEMPTS',
  },
  {
    ...lazy('ChangePassword'),
    here: 'ok',
    writes: [['ChangePassword', 'locked']],
    answer: 'rejected USER_LOCKED 2005',
  },
  {
    ...lazy('ChangePassword'),
    here: 'tombstoned',
    writes: [['ChangePassword', 'wrong_password']],
    answer: 'rejected WRONG_OLD_PASSWORD 2203',
  },
  {
    ...lazy('ChangePassword'),
    here: 'not_found',
    scripts: [['login', 'profile']],
    writes: ['MigrateUser'],
    settled: 'proven_without_login',
    answer: 'changed ours',
  },
  {
    ...lazy('ChangePassword'),
    here: 'not_found',
    by: 'legacy id',
    scripts: [
      ['getUser', 'profile'],
      ['login', 'profile'],
    ],
    writes: ['MigrateUser'],
    settled: 'proven_without_login',
    answer: 'changed ours',
  },
  {
    ...lazy('ChangePassword'),
    here: 'not_found',
    hereById: 'ok',
    scripts: [['login', 'profile']],
    writes: ['ChangePassword'],
    settled: 'proven_without_login',
    answer: 'changed ours',
  },
  {
    ...lazy('ChangePassword'),
    here: 'not_found',
    scripts: [['login', 'profile']],
    writes: [['MigrateUser', 'weak']],
    settled: 'proven_without_login',
    answer: 'rejected PASSWORD_TOO_WEAK',
  },
  {
    ...lazy('ChangePassword'),
    here: 'not_found',
    scripts: [['login', 'profile']],
    writes: [['MigrateUser', 'conflict']],
    settled: 'proven_without_login',
    answer: 'undecided IDENTIFIER_CONFLICT',
  },
  {
    ...lazy('ChangePassword'),
    here: 'not_found',
    scripts: [['login', 'Error']],
    answer: 'rejected WRONG_OLD_PASSWORD 2203',
  },
  {
    ...lazy('ChangePassword'),
    here: 'not_found',
    scripts: [['login', 'null']],
    answer: 'rejected WRONG_OLD_PASSWORD 2203',
  },
  {
    ...lazy('ChangePassword'),
    here: 'not_found',
    scripts: [['login', 'store unreachable']],
    settled: 'undecided',
    answer: 'undecided LEGACY_STORE_UNREACHABLE',
  },
  {
    ...lazy('ResetPassword'),
    here: 'ok',
    writes: ['ChangePassword'],
    settled: 'proven_without_login',
    answer: 'reset ours',
  },
  { ...lazy('ResetPassword'), here: 'ok', writes: [['ChangePassword', 'weak']], answer: 'rejected PASSWORD_TOO_WEAK' },
  {
    ...lazy('ResetPassword'),
    here: 'not_found',
    scripts: [['getUser', 'profile']],
    writes: ['MigrateUser'],
    settled: 'proven_without_login',
    answer: 'reset ours',
  },
  {
    ...lazy('ResetPassword'),
    here: 'not_found',
    hereById: 'ok',
    scripts: [['getUser', 'profile']],
    answer: 'rejected USER_NOT_FOUND 2004',
  },
  {
    ...lazy('ResetPassword'),
    here: 'not_found',
    scripts: [['getUser', 'profile with another e-mail']],
    answer: 'rejected USER_NOT_FOUND 2004',
  },
  {
    ...lazy('ResetPassword'),
    here: 'not_found',
    scripts: [['getUser', 'profile']],
    writes: [['MigrateUser', 'conflict']],
    answer: 'undecided IDENTIFIER_CONFLICT',
  },
  {
    ...lazy('ResetPassword'),
    here: 'not_found',
    scripts: [['getUser', 'blocked profile']],
    answer: 'rejected USER_LOCKED 2005',
  },
  {
    ...lazy('ResetPassword'),
    here: 'not_found',
    scripts: [['getUser', 'null']],
    answer: 'rejected USER_NOT_FOUND 2004',
  },
  { ...lazy('ResetPassword'), here: 'tombstoned', answer: 'rejected USER_TOMBSTONED 2004' },
  ...lookUpFails('ResetPassword'),
];

export const LAZY_ROWS: readonly Row[] = [...LOGIN, ...REGISTER, ...GET, ...CHANGES, ...PASSWORDS];
