import type { Mode } from './model/model.ts';

const ANYWHERE = [
  'Login -> rejected INVALID_CREDENTIALS 2333',
  'Login -> rejected USER_LOCKED 2005',
  'Login -> undecided LEGACY_STORE_UNREACHABLE',
  'Login -> undecided SCRIPT_FAILED 603',
  'Register -> rejected USER_EXISTS 2026',
  'ChangePassword -> rejected WRONG_OLD_PASSWORD 2203',
  'UpdateUser -> rejected USER_EXISTS 2026',
  'DeleteUser -> deleted',
];

/** What a walk has to pass, so that no other draw of deeds makes it an idle one. */
export const SIGHTS: Readonly<Record<Mode, readonly string[]>> = {
  LAZY_MIGRATION: [
    ...ANYWHERE,
    'Login -> authenticated ours, migrated now',
    'Login -> authenticated ours',
    'Login -> undecided IDENTIFIER_CONFLICT',
    'Register -> registered ours',
    'GetUser -> rejected USER_TOMBSTONED 2004',
    'ChangePassword -> changed ours',
    'ResetPassword -> reset ours',
    'UpdateUser -> updated ours',
    'UpdateUser -> rejected USER_NOT_MIGRATED',
    'LiftTombstone -> done',
  ],
  CUSTOM_USER_STORE: [
    ...ANYWHERE,
    'Login -> authenticated legacy',
    'Login -> authenticated ours',
    'Register -> registered legacy',
    'Register -> registered ours',
    'ChangePassword -> changed legacy',
    'ResetPassword -> reset legacy',
    'UpdateUser -> updated legacy',
  ],
};
