import { ServiceError } from '@userferry/errors';
import { type JsonObject, type Profile, parseNewProfile, problemsText } from '@userferry/user-model';
import type { Author, LoginFacts, UserResult } from '@userferry/user-store';
import { modeChanged, requireOwnUsers, type UserDeps } from './own-users.ts';

export type NewUser = {
  readonly userPoolId: string;
  readonly profile: JsonObject;
  /** Absent: the user cannot log in by password yet. */
  readonly password: string | undefined;
};

/** What our own users' calls can say. */
export type OwnUserResult = Exclude<UserResult, { verdict: 'custom_user_store' }>;

const profileOf = (json: JsonObject): Profile => {
  const parsed = parseNewProfile(json);
  if (parsed.ok) return parsed.profile;
  throw new ServiceError('INVALID_ARGUMENT', `profile_json: ${problemsText(parsed.problems)}`);
};

/** Says what became of it, or that the mode has changed. Throws ServiceError CONCURRENT_CHANGE. */
export const ownResult = (result: UserResult): OwnUserResult => {
  if (result.verdict === 'custom_user_store') throw modeChanged();
  return result as OwnUserResult;
};

/**
 * Creates a user who never was in a legacy user store.
 * @throws ServiceError USER_POOL_NOT_FOUND, INVALID_ARGUMENT, PASSWORD_TOO_WEAK, CONCURRENT_CHANGE
 */
export const createUser = async (
  { userPoolId, profile: json, password }: NewUser,
  { signal, ...author }: Author & { readonly signal: AbortSignal },
  deps: UserDeps,
): Promise<{ readonly result: OwnUserResult; readonly facts: LoginFacts }> => {
  const profile = profileOf(json);
  const facts = await requireOwnUsers(userPoolId, deps);
  const credential = password === undefined ? undefined : await deps.passwords.hashNew(password, signal);
  const created = await deps.store.users.create({ userPoolId, profile, credential }, author);
  return { result: ownResult(created), facts };
};
