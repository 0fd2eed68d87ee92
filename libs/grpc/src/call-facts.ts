import type { Logger } from '@userferry/process';

/** Who calls: the role and what it is bound to. Services that call each other are `service`. */
export type Caller = {
  readonly role: 'edge' | 'admin' | 'operator' | 'service' | 'anonymous';
  /** The user pools that the caller may touch; `*` for all. */
  readonly userPoolIds: readonly string[];
  /** What it may do there, in the words of whoever judges that. */
  readonly scopes: readonly string[];
  /** For the audit: an API key's id, a service's name, whom a token names. */
  readonly id: string;
};

/** What a handler knows of the call beside its request. */
export type CallFacts = {
  readonly method: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  /** Aborts when the caller hangs up or the deadline passes. */
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly log: Logger;
};

/** The header that carries a request id through all services. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** W3C Trace Context: which span of another service a call belongs to. */
export const TRACEPARENT_HEADER = 'traceparent';
