import type {
  Rejected as WireRejected,
  Undecided as WireUndecided,
} from '@userferry/contracts/identity/v1/identity_service';
import type { Rejected } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import type { Ended, UserEnd } from '../users/user-end.ts';

export type WireRefusal = { $case: 'rejected'; value: WireRejected } | { $case: 'undecided'; value: WireUndecided };

/** How a call ended that did not do what it should. A script's own words are in it only where the pool reveals them. */
export const toRefusal = (end: Rejected | Undecided, revealDetails: boolean): WireRefusal => {
  const { reason, code } = end;
  const message = revealDetails && end.detail !== undefined ? end.detail : end.message;
  const value = { reason, message, code, retryAfterMs: BigInt(end.retryAfterMs) };
  return { $case: end.step === 'reject' ? 'rejected' : 'undecided', value };
};

/** The answer of a call about users: what was done, or the refusal. */
export const toOutcome = <T, Done>({ end, revealDetails }: Ended<T>, toDone: (value: T) => Done): Done | WireRefusal =>
  end.step === 'done' ? toDone(end.value) : toRefusal(end, revealDetails);

/** What a log line says of an end: nothing of a user. */
export const logFacts = (end: UserEnd<unknown>) =>
  end.step === 'done' ? { outcome: 'done' } : { outcome: end.step, reason: end.reason };
