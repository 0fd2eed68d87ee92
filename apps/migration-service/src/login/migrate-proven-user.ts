import { ServiceError } from '@userferry/errors';
import { type ParsedProfile, parseProfileJson, problemsText, type User, withoutPassword } from '@userferry/user-model';
import type { AuditedCall, Credential, MigrationResult } from '@userferry/user-store';
import { answerFor, type LoginDeps } from './check-login.ts';
import { type LoginAttempt, subjectOf } from './login-attempt.ts';

/** What the legacy user store has proven, and what its script returned. */
export type Proof = LoginAttempt & {
  readonly connectionId: string;
  readonly profileJson: string;
  /** Who the user is was proven, not this password: they have just chosen it. */
  readonly passwordIsNew: boolean;
  /** For the audit, when it was no login. */
  readonly by?: AuditedCall | undefined;
  /** Our hash of this password, where it was begun before. */
  readonly hashing?: Promise<Credential> | undefined;
};

export type Migration =
  | { readonly verdict: 'migrated' | 'already_migrated'; readonly user: User }
  | { readonly verdict: 'tombstoned' | 'conflict' | 'wrong_password' | 'locked' };

const invalidProfile = (message: string) => new ServiceError('INVALID_ARGUMENT', `profile_json: ${message}`);

/** @throws ServiceError INVALID_ARGUMENT */
export const readProfile = (json: string): Extract<ParsedProfile, { ok: true }> => {
  const parsed = parseProfileJson(json);
  if (!parsed.ok) throw invalidProfile(problemsText(parsed.problems));
  const { blocked, isDeleted } = parsed.profile;
  if (blocked || isDeleted) throw invalidProfile('a user who is blocked or deleted there is not migrated');
  return parsed;
};

/**
 * Stores a user whose password the legacy user store has just proven, with our hash of that password. Safe to repeat.
 *
 * A user who is here already came by an identifier that only the legacy user store knows. What counts is their password
 * here: the old one, which may have been given up because others know it, lets nobody in.
 * @throws ServiceError USER_POOL_NOT_FOUND, INVALID_ARGUMENT, PASSWORD_TOO_WEAK (a new one), CONCURRENT_CHANGE (custom user
 * store by now, or another connection), STORE_UNAVAILABLE, SERVICE_UNAVAILABLE
 */
export const migrateProvenUser = async (proof: Proof, signal: AbortSignal, deps: LoginDeps): Promise<Migration> => {
  const { userPoolId, connectionId, identifier: typed, password, passwordIsNew } = proof;
  const hashing = proof.hashing ?? deps.passwords[passwordIsNew ? 'hashNew' : 'hash'](password, signal);
  // Meanwhile. A profile that is none fails the call, whatever becomes of the hash.
  hashing.catch(() => undefined);
  const { externalId, profile: returned } = readProfile(proof.profileJson);
  const profile = withoutPassword(returned, password);
  const proven = { userPoolId, connectionId, externalId, profile, typed, credential: await hashing };
  const attempt = passwordIsNew ? undefined : subjectOf(proof);
  const result = await deps.store.users.migrate(proven, { call: proof.by, attempt });
  if (result.verdict !== 'already_migrated') return result;
  const migration = await known(proof, result, signal, deps);
  if (!passwordIsNew) await settleProof(proof, migration, deps);
  return migration;
};

const known = async (
  { userPoolId, connectionId, identifier: typed, password }: Proof,
  stored: Extract<MigrationResult, { verdict: 'already_migrated' }>,
  signal: AbortSignal,
  { store, passwords }: LoginDeps,
): Promise<Migration> => {
  const answer = await answerFor(stored, password, signal, passwords);
  if (answer.verdict !== 'verified') return answer;
  await store.users.addAlias({ userPoolId, connectionId, userId: answer.user.userId, typed });
  return { verdict: 'already_migrated', user: answer.user };
};

/** The store has settled the login of whom it stored; of whom it knew, the password decides. */
const settleProof = async (proof: Proof, { verdict }: Migration, { store }: LoginDeps): Promise<void> => {
  if (verdict === 'already_migrated') await store.attempts.loggedIn(subjectOf(proof), true);
  else if (verdict === 'locked') await store.attempts.proven(subjectOf(proof));
};
