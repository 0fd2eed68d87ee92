/** Why a call was refused for a cause that its user or its caller can do something about. */
export type RejectionReason =
  | 'INVALID_CREDENTIALS'
  | 'USER_LOCKED'
  | 'TOO_MANY_ATTEMPTS'
  | 'USER_NOT_FOUND'
  | 'USER_EXISTS'
  | 'USER_TOMBSTONED'
  | 'USER_NOT_MIGRATED'
  | 'WRONG_OLD_PASSWORD'
  | 'VALIDATION_FAILED'
  | 'PASSWORD_TOO_WEAK'
  | 'REJECTED_BY_SCRIPT';

/** `message` is what everyone may see; `detail`, a script's own words, only where the pool reveals them. */
export type Rejected = {
  readonly step: 'reject';
  readonly reason: RejectionReason;
  readonly message: string;
  /** The number that clients of the older service know; 0 where there is none. */
  readonly code: number;
  readonly retryAfterMs: number;
  readonly detail?: string;
};

const rejection = (reason: RejectionReason, message: string, code = 0): Rejected => ({
  step: 'reject',
  reason,
  message,
  code,
  retryAfterMs: 0,
});

/** Unknown user and wrong password are one answer, so that nobody can ask who is a user. */
export const INVALID_CREDENTIALS = rejection('INVALID_CREDENTIALS', 'account or password is wrong', 2333);
/** The same for a change of password: whoever does not know the old one learns nothing of the account. */
export const WRONG_OLD_PASSWORD = rejection('WRONG_OLD_PASSWORD', 'the old password is wrong', 2203);
export const USER_LOCKED = rejection('USER_LOCKED', 'the user is locked', 2005);
export const USER_NOT_FOUND = rejection('USER_NOT_FOUND', 'the user does not exist', 2004);
export const USER_EXISTS = rejection('USER_EXISTS', 'a user with one of these identifiers exists already', 2026);
export const USER_TOMBSTONED = rejection(
  'USER_TOMBSTONED',
  'the user was deleted here; an administrator has to lift the tombstone first',
  2004,
);
export const USER_NOT_MIGRATED = rejection(
  'USER_NOT_MIGRATED',
  'the user lives in the legacy user store until their first login here: change the profile there, or set a password with this call',
);
export const VALIDATION_FAILED = rejection('VALIDATION_FAILED', 'the legacy user store refused the values');
export const REJECTED_BY_SCRIPT = rejection('REJECTED_BY_SCRIPT', 'the legacy user store refused the call', 603);

export const passwordTooWeak = (problem: string): Rejected => rejection('PASSWORD_TOO_WEAK', problem);

export const tooManyAttempts = (retryAfterMs: number): Rejected => ({
  ...rejection('TOO_MANY_ATTEMPTS', 'too many wrong passwords; wait before the next try'),
  retryAfterMs,
});

export const rejected = (base: Rejected, detail: string | undefined): Rejected =>
  detail === undefined ? base : { ...base, detail };
