export type UndecidedReason =
  | 'LEGACY_STORE_UNREACHABLE'
  | 'TIMED_OUT'
  | 'OVERLOADED'
  | 'SCRIPT_FAILED'
  | 'INVALID_RESULT'
  | 'EGRESS_DENIED'
  | 'INTERRUPTED'
  | 'IDENTIFIER_CONFLICT'
  | 'PAYMENT_REQUIRED';

/** Nobody can say now: never a wrong password, neither done nor not done. */
export type Undecided = {
  readonly step: 'leave_undecided';
  readonly reason: UndecidedReason;
  readonly message: string;
  /** 0 when waiting does not help. */
  readonly retryAfterMs: number;
  /** 603 where a script is at fault, 402 where the plan lacks the feature. */
  readonly code: 0 | 402 | 603;
  readonly detail?: string;
};

type UndecidedFacts = {
  readonly retryAfterMs?: number;
  readonly code?: 402 | 603;
  readonly detail?: string | undefined;
};

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

/** The pool's plan lacks connections and no trial runs: nothing is lost, an upgrade brings all back as it was. */
export const PAYMENT_REQUIRED = undecided(
  'PAYMENT_REQUIRED',
  "the user pool's plan does not include connections to a legacy user store",
  { code: 402 },
);

export const IDENTIFIER_CONFLICT = undecided(
  'IDENTIFIER_CONFLICT',
  'another user here has one of the identifiers of this one; an administrator has to resolve the conflict',
);
