import { ServiceError } from '@userferry/errors';
import { type JsonObject, type ParsedUpdates, parseUpdates, problemsText } from '@userferry/user-model';
import type { Author } from '@userferry/user-store';
import { type OwnUserResult, ownResult } from './create-user.ts';
import { requireOwnUsers, type UserDeps } from './own-users.ts';

export type UserUpdate = {
  readonly userPoolId: string;
  readonly userId: string;
  /** What is set, and null for what is cleared. */
  readonly updates: JsonObject;
  readonly password: string | undefined;
};

const readUpdates = (json: JsonObject): Extract<ParsedUpdates, { ok: true }> => {
  const parsed = parseUpdates(json);
  if (parsed.ok) return parsed;
  throw new ServiceError('INVALID_ARGUMENT', `updates_json: ${problemsText(parsed.problems)}`);
};

/**
 * Changes a user of ours; a password needs no old one.
 * @throws ServiceError USER_POOL_NOT_FOUND, INVALID_ARGUMENT, PASSWORD_TOO_WEAK, CONCURRENT_CHANGE
 */
export const updateUser = async (
  { userPoolId, userId, updates, password }: UserUpdate,
  { signal, ...author }: Author & { readonly signal: AbortSignal },
  deps: UserDeps,
): Promise<OwnUserResult> => {
  const { set, clear } = readUpdates(updates);
  await requireOwnUsers(userPoolId, deps);
  const credential = password === undefined ? undefined : await deps.passwords.hashNew(password, signal);
  return ownResult(await deps.store.users.update({ userPoolId, userId, set, clear, credential }, author));
};
