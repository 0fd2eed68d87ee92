import { ServiceError } from '@userferry/errors';
import { type Identifier, identifierKey, identifiersOf, type JsonObject, type Profile } from '@userferry/user-model';
import type { StoredUser } from '../clients/migration.ts';
import { situationOf } from '../connection/store-facts.ts';
import {
  type Rejected,
  USER_EXISTS,
  USER_LOCKED,
  USER_NOT_FOUND,
  USER_NOT_MIGRATED,
  USER_TOMBSTONED,
} from '../outcome/rejected.ts';
import type { Undecided } from '../outcome/undecided.ts';
import { type Asked, askGetUser, askUpdateUser } from './ask-script.ts';
import { legacyIdOf } from './delete-user.ts';
import { forgetGuesses } from './forget-guesses.ts';
import { type KnownUser, type LegacyUser, storedUser } from './known-user.ts';
import { refuseWeak } from './new-password.ts';
import { resolveCustomOwner, resolveOwner } from './resolve-owner.ts';
import { type FoundHere, findHere, resolveCustom, resolveUser } from './resolve-user.ts';
import { migrateWithPassword } from './set-password.ts';
import { type KnownThere, takenHere, takenThere } from './taken.ts';
import { done, type Ended, ended, type UserEnd } from './user-end.ts';
import type { UserScope } from './user-scope.ts';
import { queryOfSelector, type UserSelector } from './user-selector.ts';

/** `updates`: what is set, and null for what is cleared. */
export type Update = { readonly updates: JsonObject; readonly password: string | undefined };

export const updateUser = async (user: UserSelector, update: Update, scope: UserScope): Promise<Ended<KnownUser>> => {
  const found = await findHere(user, scope);
  const end =
    found.standing === 'custom'
      ? await updateThere(user, update, found.asked)
      : await refuseWeak(updateHere(user, update, found));
  return ended(found.facts, update.password === undefined ? end : forgetGuesses(end, user, scope));
};

const updateHere = async (user: UserSelector, update: Update, found: FoundHere): Promise<UserEnd<KnownUser>> => {
  const { updates, password } = update;
  const resolved = await (password === undefined ? resolveUser : resolveOwner)(user, found);
  switch (resolved.step) {
    case 'stored':
      return (
        (await takenByOthers(updates, resolved, found.asked)) ?? updateStored(resolved.stored, update, found.asked)
      );
    case 'legacy': {
      // Whose password nobody has proven cannot be stored, but with a new one.
      if (password === undefined) return USER_NOT_MIGRATED;
      // Looked at first: what is refused after the password was set has set it all the same.
      refuseNameless(resolved.user.profile, updates);
      const here = await Promise.all(identifiersIn(updates).map((each) => findHere(each, found.asked.scope)));
      const others = here.filter(({ stored }) => !hasComeAs(stored, resolved.user));
      const taken =
        takenHere(others.map(({ standing }) => standing)) ?? (await takenByOthers(updates, resolved, found.asked));
      if (taken !== undefined) return taken;
      const passwords = { oldPassword: undefined, newPassword: password };
      const migrated = await migrateWithPassword(resolved.user, user, passwords, found.asked);
      if (migrated.step !== 'done') return migrated;
      return updateStored(migrated.value, { updates, password: undefined }, found.asked);
    }
    case 'tombstoned':
      return USER_TOMBSTONED;
    case 'unknown':
      return USER_NOT_FOUND;
    default:
      return resolved;
  }
};

/** What is set; what is cleared is null. */
const identifiersIn = (updates: JsonObject): readonly Identifier[] => identifiersOf(updates as Profile);

/** What our store would say of clearing all identifiers, before anything is stored of a user who is not here yet. */
const refuseNameless = (profile: Profile, updates: JsonObject): void => {
  if (identifiersOf(profile).length === 0 || identifiersIn({ ...profile, ...updates }).length > 0) return;
  throw new ServiceError('INVALID_ARGUMENT', 'updates_json: an e-mail, a phone or a username must be left');
};

/** While users are on their way here: whether an identifier that is new to this one is another's in the legacy user store. */
const takenByOthers = async (
  updates: JsonObject,
  who: KnownThere,
  asked: Asked,
): Promise<Rejected | Undecided | undefined> => {
  if (situationOf(asked.facts) !== 'lazy_migration') return undefined;
  const shown = who.step === 'stored' ? who.stored.profile : who.user.profile;
  const isNew = ({ kind, value }: Identifier) =>
    identifierKey({ kind, value: shown?.[kind] ?? '' }) !== identifierKey({ kind, value });
  return takenThere(identifiersIn(updates).filter(isNew), asked, (there) => isSame(there, who));
};

/** Whether one of ours is that user of the legacy user store, who came here since the call began. */
const hasComeAs = (stored: StoredUser | undefined, { externalId }: LegacyUser): boolean =>
  stored?.externalRef?.ref?.value === externalId;

const isSame = (there: KnownThere, who: KnownThere): boolean => {
  if (who.step === 'stored') return there.step === 'stored' && there.stored.userId === who.stored.userId;
  return there.step === 'stored' ? hasComeAs(there.stored, who.user) : there.user.externalId === who.user.externalId;
};

const updateStored = async (stored: StoredUser, update: Update, { scope }: Asked): Promise<UserEnd<KnownUser>> => {
  if (update.password === undefined && Object.keys(update.updates).length === 0) return done(storedUser(stored));
  const change = { userPoolId: scope.userPoolId, userId: stored.userId, ...update };
  const { verdict, user } = await scope.deps.users.updateUser(change, scope.call);
  if (verdict === 'ok' && user !== undefined) return done(storedUser(user));
  if (verdict === 'exists') return USER_EXISTS;
  if (verdict === 'locked') return USER_LOCKED;
  if (verdict === 'tombstoned') return USER_TOMBSTONED;
  if (verdict === 'not_found') return USER_NOT_FOUND;
  throw new Error(`our store cannot say ${verdict} of an update`);
};

const updateThere = async (
  user: UserSelector,
  { updates, password }: Update,
  asked: Asked,
): Promise<UserEnd<KnownUser>> => {
  const id = await legacyIdOf(user, asked, password === undefined ? resolveCustom : resolveCustomOwner);
  if (id.step !== 'id') return id;
  return updateById(id.id, password === undefined ? updates : { ...updates, password }, asked);
};

/** `null` from the script: nothing to change, so the user is as `getUser` says. */
export const updateById = async (
  id: string | number,
  updates: JsonObject,
  asked: Asked,
): Promise<UserEnd<KnownUser>> => {
  const updated = await askUpdateUser(asked, id, updates);
  if (updated.step !== 'answered') return updated;
  if (updated.value !== null) return done(updated.value);
  const query = queryOfSelector({ kind: 'external_id', value: id });
  const asIs = query === undefined ? USER_NOT_FOUND : await askGetUser(asked, query);
  if (asIs.step !== 'answered') return asIs;
  return asIs.value === null ? USER_NOT_FOUND : done(asIs.value);
};
