import type { SettledAttempt } from '../clients/login-store.ts';
import type { Undecided, UndecidedReason } from '../outcome/undecided.ts';
import type { LoginAttempt } from './login-attempt.ts';
import type { LoginEnd } from './login-end.ts';
import type { LoginStep } from './login-step.ts';

/** Tells the store later, off the call's path, how an attempt ended. Never throws, never waits. */
export type SettleAttempt = (settled: SettledAttempt) => void;

/** What is the script's or its settings' own fault, and no outage. */
const OWN_FAULTS: readonly UndecidedReason[] = ['SCRIPT_FAILED', 'INVALID_RESULT', 'EGRESS_DENIED'];

/**
 * An outage gives the attempt back. A script that failed may do so on wrong passwords alone, as one that hands on its web
 * service's 401, or follows it to a page of sign-in elsewhere: then nothing else would limit guesses at the person. The address
 * gets it back, or a broken script would lock out everybody behind it.
 */
export const undecidedEnd = ({ reason }: Undecided): 'undecided' | 'script_failed' =>
  OWN_FAULTS.includes(reason) ? 'script_failed' : 'undecided';

/** What was known before our store was asked whether to migrate. */
type Asked = { readonly step: LoginStep; readonly ranScript: boolean };

/**
 * What the store has to be told of a login's end: it counted the attempt and could not see how it went on. Where nobody can
 * say who it is, that is settled, as is a script that says of a right password that its user is blocked; a password that a
 * custom user store proved clears the count. What the store settled itself, as when it knows the user and they are locked here,
 * and a refusal, is left as it is: what is given back twice is a guess that does not count.
 */
export const settledLogin = (
  attempt: LoginAttempt,
  end: LoginEnd,
  { step, ranScript }: Asked,
): SettledAttempt | undefined => {
  const attempted = attemptOf(attempt);
  const isLockedThere = ranScript && step.step === 'reject' && step.reason === 'USER_LOCKED';
  if (isLockedThere) return { ...attempted, end: 'undecided', byLegacyStore: false };
  if (end.step === 'leave_undecided') return { ...attempted, end: undecidedEnd(end), byLegacyStore: false };
  if (end.step === 'authenticated' && end.user.kind === 'legacy')
    return { ...attempted, end: 'proven', byLegacyStore: true };
  return undefined;
};

/** A login that failed through our own fault counts no more than an outage. */
export const lostLogin = (attempt: LoginAttempt): SettledAttempt => ({
  ...attemptOf(attempt),
  end: 'undecided',
  byLegacyStore: false,
});

export const attemptOf = ({ userPoolId, identifier, facts }: Omit<LoginAttempt, 'password'>) => ({
  userPoolId,
  identifier,
  ip: facts.ip,
});
