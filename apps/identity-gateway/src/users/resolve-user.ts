import type { StoredUser } from '../clients/migration.ts';
import type { StoreFacts } from '../connection/store-facts.ts';
import type { Rejected } from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import { type Asked, askGetUser } from './ask-script.ts';
import type { ScriptUser } from './script-answer.ts';
import type { UserScope } from './user-scope.ts';
import { type GetUserQuery, queryOfSelector, type UserSelector } from './user-selector.ts';
import { type Standing, standingOf } from './user-verdict.ts';

/** Who is meant, as far as our store alone can tell. */
export type FoundHere = {
  readonly facts: StoreFacts;
  readonly asked: Asked;
  readonly standing: Standing;
  /** With `stored`. */
  readonly stored: StoredUser | undefined;
};

/** Who is meant, after the legacy user store has been asked as well where that can help. */
export type Resolved =
  | { readonly step: 'stored'; readonly stored: StoredUser }
  | { readonly step: 'legacy'; readonly user: ScriptUser }
  | { readonly step: 'tombstoned' }
  | { readonly step: 'unknown' }
  | Rejected
  | Undecided;

export const findHere = async (user: UserSelector, scope: UserScope): Promise<FoundHere> => {
  const { verdict, user: stored, facts } = await scope.deps.users.findUser(scope.userPoolId, user, scope.call);
  return { facts, asked: { scope, facts }, standing: standingOf(verdict, facts), stored };
};

/** In lazy migration and without a connection: ours, or one of the legacy user store's who is not here yet. */
export const resolveUser = async (user: UserSelector, found: FoundHere): Promise<Resolved> => {
  if (found.standing === 'stored' && found.stored !== undefined) return { step: 'stored', stored: found.stored };
  if (found.standing === 'tombstoned') return { step: 'tombstoned' };
  const query = queryOfSelector(user);
  return found.standing === 'maybe_legacy' && query !== undefined
    ? resolveLegacy(query, found.asked)
    : { step: 'unknown' };
};

/**
 * Whom the legacy user store knows. Our store is asked once more by the legacy id: the user may be here, or deleted
 * here, under identifiers that have changed since.
 */
export const resolveLegacy = async (query: GetUserQuery, asked: Asked): Promise<Resolved> => {
  const answer = await askGetUser(asked, query);
  if (answer.step !== 'answered') return answer;
  if (answer.value === null) return { step: 'unknown' };
  const { standing, stored } = await findHere({ kind: 'external_id', value: answer.value.externalId }, asked.scope);
  if (standing === 'stored' && stored !== undefined) return { step: 'stored', stored };
  return standing === 'tombstoned' ? { step: 'tombstoned' } : { step: 'legacy', user: answer.value };
};

/** In a custom user store: `undefined` for nobody, our own ids included. */
export const resolveCustom = async (
  user: UserSelector,
  asked: Asked,
): Promise<
  { readonly step: 'unknown' } | { readonly step: 'custom'; readonly user: ScriptUser } | Rejected | Undecided
> => {
  const query = queryOfSelector(user);
  if (query === undefined) return { step: 'unknown' };
  const answer = await askGetUser(asked, query);
  if (answer.step !== 'answered') return answer;
  return answer.value === null ? { step: 'unknown' } : { step: 'custom', user: answer.value };
};
