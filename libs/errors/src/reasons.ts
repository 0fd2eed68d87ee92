/** Who has to act for the error to go away. */
export type Blame = 'caller' | 'tenant' | 'us';

/** Whether repeating the same call can help: `safe` at once, `after` when a wait has passed, `never`. */
export type Retry = 'safe' | 'after' | 'never';

type ReasonRow = { readonly code: CanonicalCode; readonly blame: Blame; readonly retry: Retry };

/** The canonical codes of google.rpc.Code, by name, so that this library needs no gRPC. */
export type CanonicalCode =
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'CANCELLED'
  | 'UNAUTHENTICATED';

/** The one table of reasons: clients branch on the reason, the code follows from it. */
export const REASONS = {
  INVALID_ARGUMENT: { code: 'INVALID_ARGUMENT', blame: 'caller', retry: 'never' },
  UNAUTHENTICATED: { code: 'UNAUTHENTICATED', blame: 'caller', retry: 'never' },
  API_KEY_EXPIRED: { code: 'UNAUTHENTICATED', blame: 'caller', retry: 'never' },
  TOKEN_INVALID: { code: 'UNAUTHENTICATED', blame: 'caller', retry: 'never' },
  TOKEN_EXPIRED: { code: 'UNAUTHENTICATED', blame: 'caller', retry: 'never' },
  ISSUER_UNAVAILABLE: { code: 'UNAVAILABLE', blame: 'us', retry: 'after' },
  SCOPE_MISSING: { code: 'PERMISSION_DENIED', blame: 'caller', retry: 'never' },
  PEER_UNKNOWN: { code: 'UNAUTHENTICATED', blame: 'caller', retry: 'never' },
  PEER_NOT_ALLOWED: { code: 'PERMISSION_DENIED', blame: 'caller', retry: 'never' },
  PERMISSION_DENIED: { code: 'PERMISSION_DENIED', blame: 'caller', retry: 'never' },
  USER_POOL_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  CONNECTION_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  SCRIPT_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  API_KEY_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  USER_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  VERSION_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  TOMBSTONE_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  CONFLICT_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  REGION_NOT_FOUND: { code: 'NOT_FOUND', blame: 'caller', retry: 'never' },
  PASSWORD_TOO_WEAK: { code: 'INVALID_ARGUMENT', blame: 'caller', retry: 'never' },
  PAYMENT_REQUIRED: { code: 'FAILED_PRECONDITION', blame: 'tenant', retry: 'never' },
  TRIAL_ALREADY_USED: { code: 'FAILED_PRECONDITION', blame: 'tenant', retry: 'never' },
  TRIAL_NOT_NEEDED: { code: 'FAILED_PRECONDITION', blame: 'caller', retry: 'never' },
  SCRIPT_INVALID: { code: 'INVALID_ARGUMENT', blame: 'tenant', retry: 'never' },
  CONNECTION_INCOMPLETE: { code: 'FAILED_PRECONDITION', blame: 'tenant', retry: 'never' },
  CONCURRENT_CHANGE: { code: 'ABORTED', blame: 'caller', retry: 'safe' },
  RUN_ALREADY_STARTED: { code: 'ALREADY_EXISTS', blame: 'caller', retry: 'never' },
  RUNNER_OVERLOADED: { code: 'RESOURCE_EXHAUSTED', blame: 'us', retry: 'after' },
  TOO_MANY_CHECKS: { code: 'RESOURCE_EXHAUSTED', blame: 'caller', retry: 'after' },
  TOO_MANY_WATCHERS: { code: 'RESOURCE_EXHAUSTED', blame: 'us', retry: 'after' },
  PUBLIC_IP_TABLE_FULL: { code: 'RESOURCE_EXHAUSTED', blame: 'us', retry: 'after' },
  STORE_UNAVAILABLE: { code: 'UNAVAILABLE', blame: 'us', retry: 'safe' },
  SERVICE_UNAVAILABLE: { code: 'UNAVAILABLE', blame: 'us', retry: 'safe' },
  DEADLINE_EXCEEDED: { code: 'DEADLINE_EXCEEDED', blame: 'us', retry: 'after' },
  LIST_TOO_SLOW: { code: 'DEADLINE_EXCEEDED', blame: 'us', retry: 'never' },
  MESSAGE_TOO_LARGE: { code: 'RESOURCE_EXHAUSTED', blame: 'caller', retry: 'never' },
  CANCELLED: { code: 'CANCELLED', blame: 'caller', retry: 'never' },
  UNIMPLEMENTED: { code: 'UNIMPLEMENTED', blame: 'caller', retry: 'never' },
  INTERNAL: { code: 'INTERNAL', blame: 'us', retry: 'never' },
} as const satisfies Record<string, ReasonRow>;

export type Reason = keyof typeof REASONS;

/** Whether a string, from the wire for example, is a reason of this table. */
export const isReason = (text: string): text is Reason => Object.hasOwn(REASONS, text);
