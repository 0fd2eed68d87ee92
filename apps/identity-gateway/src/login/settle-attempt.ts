import type { SettledAttempt } from '../clients/login-store.ts';
import type { LoginAttempt } from './login-attempt.ts';
import type { LoginEnd } from './prove-login.ts';

/** Tells the store later, off the call's path, how an attempt ended. Never throws, never waits. */
export type SettleAttempt = (settled: SettledAttempt) => void;

/**
 * What the store has to be told of a login's end: it counted the attempt and could not see how it went on. An outage
 * gives the attempt back, as does a script that says of a right password that its user is blocked; a password that a custom user store proved clears the count. What the store settled itself,
 * and a refusal, is left as it is.
 */
export const settledLogin = (attempt: LoginAttempt, end: LoginEnd, ranScript: boolean): SettledAttempt | undefined => {
  const { userPoolId, identifier, facts } = attempt;
  const base = { userPoolId, identifier, ip: facts.ip };
  const isLockedThere = ranScript && end.step === 'reject' && end.reason === 'USER_LOCKED';
  if (end.step === 'leave_undecided' || isLockedThere) return { ...base, end: 'undecided', byLegacyStore: false };
  if (end.step === 'authenticated' && end.user.kind === 'legacy')
    return { ...base, end: 'proven', byLegacyStore: true };
  return undefined;
};

/** A login that failed through our own fault counts no more than an outage. */
export const lostLogin = ({ userPoolId, identifier, facts }: LoginAttempt): SettledAttempt => ({
  userPoolId,
  identifier,
  ip: facts.ip,
  end: 'undecided',
  byLegacyStore: false,
});
