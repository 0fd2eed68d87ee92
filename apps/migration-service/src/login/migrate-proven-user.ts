import { ServiceError } from '@userferry/errors';
import { type ParsedProfile, parseProfileJson, type User } from '@userferry/user-model';
import { answerFor, type LoginAttempt, type LoginDeps } from './check-login.ts';

/** What the legacy user store has proven, and what its script returned. */
export type Proof = LoginAttempt & { readonly connectionId: string; readonly profileJson: string };

export type Migration =
  | { readonly verdict: 'migrated' | 'already_migrated'; readonly user: User }
  | { readonly verdict: 'tombstoned' | 'conflict' | 'wrong_password' | 'locked' };

const invalidProfile = (message: string) => new ServiceError('INVALID_ARGUMENT', `profile_json: ${message}`);

const readProfile = (json: string): Extract<ParsedProfile, { ok: true }> => {
  const parsed = parseProfileJson(json);
  if (!parsed.ok) throw invalidProfile(parsed.problems.map(({ message }) => message).join('; '));
  const { blocked, isDeleted } = parsed.profile;
  if (blocked || isDeleted) throw invalidProfile('a user who is blocked or deleted there is not migrated');
  return parsed;
};

const requireLazyMigration = async ({ userPoolId, connectionId }: Proof, { store }: LoginDeps): Promise<void> => {
  const { connection } = await store.pools.loginFacts(userPoolId);
  if (connection === undefined || connection.connectionId !== connectionId)
    throw new ServiceError('CONNECTION_NOT_FOUND', 'this user pool has no such connection');
  if (connection.mode !== 'lazy_migration')
    throw new ServiceError('INVALID_ARGUMENT', 'in custom-user-store mode nothing about a user is written');
};

/**
 * Stores a user whose password the legacy user store has just proven, with our hash of that password. Safe to repeat.
 *
 * A user who is here already came by an identifier that only the legacy user store knows. What counts is their password
 * here: the old one, which may have been given up because others know it, lets nobody in.
 * @throws ServiceError USER_POOL_NOT_FOUND, CONNECTION_NOT_FOUND, INVALID_ARGUMENT, STORE_UNAVAILABLE, SERVICE_UNAVAILABLE
 */
export const migrateProvenUser = async (proof: Proof, signal: AbortSignal, deps: LoginDeps): Promise<Migration> => {
  const { externalId, profile } = readProfile(proof.profileJson);
  await requireLazyMigration(proof, deps);
  const { userPoolId, connectionId, identifier: typed, password } = proof;
  const credential = await deps.passwords.hash(password, signal);
  const result = await deps.store.users.migrate({ userPoolId, connectionId, externalId, profile, typed, credential });
  if (result.verdict !== 'already_migrated') return result;
  const answer = await answerFor(result, password, signal, deps.passwords);
  return answer.verdict === 'verified' ? { verdict: 'already_migrated', user: answer.user } : answer;
};
