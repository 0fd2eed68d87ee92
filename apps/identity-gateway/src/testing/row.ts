import type { ScriptAction } from '@userferry/script-contract';
import type { SettledAttempt } from '../clients/login-store.ts';
import type { LocalVerdict } from '../login/next-step.ts';
import type { UserVerdict } from '../users/user-verdict.ts';

export const CALLS = [
  'Login',
  'Register',
  'GetUser',
  'SearchUsers',
  'ListUsers',
  'UpdateUser',
  'DeleteUser',
  'ChangePassword',
  'ResetPassword',
] as const;

export type CallName = (typeof CALLS)[number];

/** `lazy unpaid`, `custom unpaid`: the pool's plan does not include connections (any more). */
export type Mode = 'lazy' | 'lazy unpaid' | 'custom' | 'custom unpaid' | 'local';

/** What a script is made to say. */
const SAYINGS = [
  'profile',
  'profile with another e-mail',
  'null',
  'blocked profile',
  'deleted profile',
  'profile without id',
  'page',
  'true',
  'false',
  'UserNotFoundError',
  'WrongUsernameOrPasswordError',
  'UserExistsError',
  'ValidationError',
  'Error',
  'TypeError',
  'not implemented',
  'store unreachable',
  'egress denied',
  'timed out',
  'killed',
] as const;

export type Saying = (typeof SAYINGS)[number];

/** What our store writes: named as its calls. */
export type Write = 'CreateUser' | 'MigrateUser' | 'UpdateUser' | 'DeleteUser' | 'ChangePassword';

export type Row = {
  readonly call: CallName;
  readonly mode: Mode;
  /** What our store says first. */
  readonly here: LocalVerdict | UserVerdict;
  /** How the user is named; by e-mail unless said. */
  readonly by?: 'legacy id' | 'our id';
  /** What our store says by the legacy id; `not_found` unless said. */
  readonly hereById?: UserVerdict;
  /** With a new password in the request (UpdateUser). */
  readonly password?: true;
  /** The scripts in the order in which they run, and what each says. */
  readonly scripts?: readonly (readonly [ScriptAction, Saying])[];
  /** What is written here, in its order, and what our store says of it; `ok` (or `migrated`) unless said. */
  readonly writes?: readonly (Write | readonly [Write, string])[];
  /** What the store is told later of an attempt that it counted. */
  readonly settled?: SettledAttempt['end'];
  /** What the caller gets. */
  readonly answer: string;
};
