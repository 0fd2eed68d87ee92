import { ServiceError } from '@userferry/errors';
import type { CallFacts } from '@userferry/grpc';
import { undecided } from './undecided.ts';

/** What the gateway keeps of a call's time to say how it ended, busy as it may be: a tenth, and no more than this. */
const KEPT_MS_MAX = 250;
const KEPT_SHARE = 0.1;

/** The call with the time that what it asks of others may take: then it can still answer when they do not. */
export const withTimeToAnswer = (call: CallFacts, nowMs = Date.now()): CallFacts => {
  const leftMs = Math.max(0, call.deadlineMs - nowMs);
  return { ...call, deadlineMs: Math.floor(call.deadlineMs - Math.min(KEPT_MS_MAX, leftMs * KEPT_SHARE)) };
};

/** Another service did not answer within the call's time. */
export const isOutOfTime = (error: unknown): boolean =>
  error instanceof ServiceError && error.reason === 'DEADLINE_EXCEEDED';

/** Nobody could say within the time that the caller gave. */
export const OUT_OF_TIME = undecided('TIMED_OUT', 'the time of the call ran out', { retryAfterMs: 1_000 });
