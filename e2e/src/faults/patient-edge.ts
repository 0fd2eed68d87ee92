import type { UserSelector } from '@userferry/contracts/identity/v1/identity_service';
import { ServiceError } from '@userferry/errors';
import { type Caller, reasonOf } from '../legacy/caller.ts';
import { inTime } from '../legacy/connect-company.ts';

/** How a login went for an edge that repeats whatever is no answer. */
export type PatientLogin = {
  readonly userId: string | undefined;
  /** Every answer but the last one, as a reason. */
  readonly before: readonly string[];
  readonly last: string;
};

const PATIENCE_MS = 45_000;
const PAUSE_MS = 150;

/** Reasons after which a login may be repeated: nobody said no. */
export const NO_ANSWER: readonly string[] = [
  'SERVICE_UNAVAILABLE',
  'STORE_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'CONCURRENT_CHANGE',
  'LEGACY_STORE_UNREACHABLE',
  'TIMED_OUT',
  'INTERRUPTED',
  'OVERLOADED',
  'RUNNER_OVERLOADED',
];

const attempt = async (caller: Caller, user: UserSelector, password: string) => {
  try {
    const outcome = await caller.login(user, password, { call: inTime(12_000) });
    const userId = outcome?.$case === 'authenticated' ? outcome.value.user?.userId : undefined;
    return { userId, reason: reasonOf(outcome) ?? 'AUTHENTICATED' };
  } catch (error) {
    return { userId: undefined, reason: error instanceof ServiceError ? error.reason : String(error) };
  }
};

/** Logs in, again and again while there is no answer; the callers are taken in turn. */
export const patientLogin = async (
  callers: readonly Caller[],
  user: UserSelector,
  password: string,
): Promise<PatientLogin> => {
  const before: string[] = [];
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const caller = callers[before.length % callers.length] as Caller;
    const { userId, reason } = await attempt(caller, user, password);
    if (!NO_ANSWER.includes(reason) || Date.now() > end) return { userId, before, last: reason };
    before.push(reason);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
};
