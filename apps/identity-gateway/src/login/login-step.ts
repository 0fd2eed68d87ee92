import type { ExternalId, Profile } from '@userferry/user-model';

/** What a login does next, or how it ends. */
export type LoginStep =
  | { readonly step: 'run_script' }
  | { readonly step: 'migrate'; readonly profileJson: string }
  | { readonly step: 'authenticate'; readonly source: 'local' }
  | {
      readonly step: 'authenticate';
      readonly source: 'custom_database';
      readonly externalId: ExternalId;
      readonly profile: Profile;
    }
  | Rejected
  | Undecided;

/** The password was not proven. `message` is what everyone may see; `detail` only a pool that reveals it. */
export type Rejected = {
  readonly step: 'reject';
  readonly reason: 'INVALID_CREDENTIALS' | 'USER_LOCKED';
  readonly message: string;
  readonly code: 2333 | 2005;
  readonly detail?: string;
};

export type UndecidedReason =
  | 'LEGACY_STORE_UNREACHABLE'
  | 'TIMED_OUT'
  | 'OVERLOADED'
  | 'SCRIPT_FAILED'
  | 'INVALID_RESULT'
  | 'EGRESS_DENIED'
  | 'INTERRUPTED'
  | 'IDENTIFIER_CONFLICT';

/** Nobody can say now whether the password is right. */
export type Undecided = {
  readonly step: 'leave_undecided';
  readonly reason: UndecidedReason;
  readonly message: string;
  readonly retryAfterMs: number;
  readonly code: 0 | 603;
  readonly detail?: string;
};

/** Unknown user and wrong password are one answer, so that nobody can ask who is a user. */
export const INVALID_CREDENTIALS: Rejected = {
  step: 'reject',
  reason: 'INVALID_CREDENTIALS',
  message: 'account or password is wrong',
  code: 2333,
};

export const USER_LOCKED: Rejected = {
  step: 'reject',
  reason: 'USER_LOCKED',
  message: 'the user is locked',
  code: 2005,
};

export const rejected = (base: Rejected, detail: string | undefined): Rejected =>
  detail === undefined ? base : { ...base, detail };

type UndecidedFacts = { readonly retryAfterMs?: number; readonly code?: 603; readonly detail?: string | undefined };

export const undecided = (
  reason: UndecidedReason,
  message: string,
  { retryAfterMs = 0, code, detail }: UndecidedFacts = {},
): Undecided => ({
  step: 'leave_undecided',
  reason,
  message,
  retryAfterMs,
  code: code ?? 0,
  ...(detail === undefined ? {} : { detail }),
});
