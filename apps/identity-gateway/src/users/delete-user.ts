import type { ExternalId } from '@userferry/user-model';
import { invalidResult } from '../outcome/failed-run.ts';
import { USER_NOT_FOUND } from '../outcome/rejected.ts';
import { type Asked, askDeleteUser, connectionOf } from './ask-script.ts';
import { type FoundHere, findHere, resolveCustom, resolveUser } from './resolve-user.ts';
import { done, type Ended, ended, type UserEnd } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import type { UserSelector } from './user-selector.ts';
import type { UserVerdict } from './user-verdict.ts';

export type Deleted = Record<never, never>;

/** Deletes for good. Whoever was deleted before is deleted: a call that is repeated ends as the first one. */
export const deleteUser = async (user: UserSelector, scope: UserScope): Promise<Ended<Deleted>> => {
  const found = await findHere(user, scope);
  const end = found.standing === 'custom' ? await deleteThere(user, found.asked) : await deleteHere(user, found);
  return ended(found.facts, end);
};

const deleteHere = async (user: UserSelector, found: FoundHere): Promise<UserEnd<Deleted>> => {
  const resolved = await resolveUser(user, found);
  const { userPoolId, call, deps } = found.asked.scope;
  switch (resolved.step) {
    case 'stored':
      return endOf(await deps.users.deleteUser({ userPoolId, userId: resolved.stored.userId }, call));
    case 'legacy': {
      const { connectionId } = connectionOf(found.asked);
      const legacy = { userPoolId, connectionId, legacyProfileJson: resolved.user.json };
      return endOf(await deps.users.deleteUser(legacy, call));
    }
    case 'tombstoned':
      return done({});
    case 'unknown':
      return USER_NOT_FOUND;
    default:
      return resolved;
  }
};

const endOf = ({ verdict }: { readonly verdict: UserVerdict }): UserEnd<Deleted> => {
  if (verdict === 'ok' || verdict === 'tombstoned') return done({});
  if (verdict === 'not_found') return USER_NOT_FOUND;
  throw new Error(`our store cannot say ${verdict} of a deletion`);
};

const deleteThere = async (user: UserSelector, asked: Asked): Promise<UserEnd<Deleted>> => {
  const id = await legacyIdOf(user, asked);
  if (id.step !== 'id') return id;
  const answer = await askDeleteUser(asked, id.id);
  if (answer.step !== 'answered') return answer;
  return answer.value ? done({}) : invalidResult('deleteUser', 'must return true');
};

/** The id as the script returned it, or as the caller names it: its type is kept. */
export const legacyIdOf = async (user: UserSelector, asked: Asked, resolve = resolveCustom) => {
  if (user.kind === 'external_id') return { step: 'id' as const, id: user.value as ExternalId };
  const resolved = await resolve(user, asked);
  if (resolved.step === 'unknown') return USER_NOT_FOUND;
  return resolved.step === 'custom' ? { step: 'id' as const, id: resolved.user.externalId } : resolved;
};
