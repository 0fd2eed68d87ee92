import { type Identifier, identifiersOf, type JsonObject, type Profile } from '@userferry/user-model';
import { invalidResult } from '../outcome/failed-run.ts';
import { USER_EXISTS, USER_TOMBSTONED } from '../outcome/rejected.ts';
import { type Asked, askCreateUser, askGetUser } from './ask-script.ts';
import { type KnownUser, storedUser } from './known-user.ts';
import { refuseWeak } from './new-password.ts';
import { type FoundHere, findHere } from './resolve-user.ts';
import { takenHere, takenThere } from './taken.ts';
import { done, type Ended, ended, type UserEnd } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import { queryOfIdentifiers } from './user-selector.ts';
import type { UserVerdict } from './user-verdict.ts';

/** A user to be; at least one identifier is in the profile. */
export type Registration = { readonly profile: Profile; readonly password: string | undefined };

/** Creates a user unless one of the identifiers is taken, here or in the legacy user store. */
export const register = async (registration: Registration, scope: UserScope): Promise<Ended<KnownUser>> => {
  const identifiers = identifiersOf(registration.profile);
  const found = await Promise.all(identifiers.map((identifier) => findHere(identifier, scope)));
  const [first, ...others] = found;
  if (first === undefined) throw new Error('a registration without an identifier');
  if (first.standing === 'custom') return ended(first.facts, await createThere(registration, identifiers, first.asked));
  return ended(first.facts, await refuseWeak(createHere(registration, identifiers, [first, ...others])));
};

const createHere = async (
  { profile, password }: Registration,
  identifiers: readonly Identifier[],
  found: readonly [FoundHere, ...FoundHere[]],
): Promise<UserEnd<KnownUser>> => {
  const [{ asked }] = found;
  const standings = found.map(({ standing }) => standing);
  const refusal = takenHere(standings);
  if (refusal !== undefined) return refusal;
  if (standings.includes('maybe_legacy')) {
    const there = await takenThere(identifiers, asked);
    if (there !== undefined) return there;
  }
  const { userPoolId, call, deps } = asked.scope;
  const created = await deps.users.createUser({ userPoolId, profile: profile as JsonObject, password }, call);
  return endOfCreation(created.verdict, created.user);
};

const endOfCreation = (
  verdict: UserVerdict,
  user: Parameters<typeof storedUser>[0] | undefined,
): UserEnd<KnownUser> => {
  if (verdict === 'ok' && user !== undefined) return done(storedUser(user));
  if (verdict === 'exists') return USER_EXISTS;
  if (verdict === 'tombstoned') return USER_TOMBSTONED;
  throw new Error(`our store cannot say ${verdict} of a creation`);
};

/** What samples take apart is there, if only as null: a driver that is handed `undefined` refuses the query. */
const userInfoOf = ({ profile, password }: Registration): JsonObject => ({
  email: null,
  phone: null,
  username: null,
  nickname: null,
  photo: null,
  ...(profile as JsonObject),
  ...(password === undefined ? {} : { password }),
});

const createThere = async (
  registration: Registration,
  identifiers: readonly Identifier[],
  asked: Asked,
): Promise<UserEnd<KnownUser>> => {
  const query = queryOfIdentifiers(identifiers);
  const known = await askGetUser(asked, query);
  if (known.step !== 'answered') return known;
  if (known.value !== null) return USER_EXISTS;
  const created = await askCreateUser(asked, userInfoOf(registration));
  if (created.step !== 'answered') return created;
  if (created.value !== null) return done(created.value);
  // The contract lets createUser return null: whom it made, getUser says.
  const made = await askGetUser(asked, query);
  if (made.step !== 'answered') return made;
  return made.value === null
    ? invalidResult('createUser', 'returned null, and getUser finds nobody')
    : done(made.value);
};
