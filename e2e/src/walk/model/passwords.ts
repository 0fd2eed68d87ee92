import type { DeedOf } from '../deed.ts';
import {
  type Answer,
  INVALID_CREDENTIALS,
  ours,
  refuse,
  USER_LOCKED,
  USER_TOMBSTONED,
  unlessRefused,
  WRONG_OLD_PASSWORD,
} from './answer.ts';
import { prove, proveThere } from './login.ts';
import { type FoundHere, findHere, isIdentifier, resolveOwner } from './look-up.ts';
import { migrate, refuseWeak } from './migration.ts';
import { isMigrating, type Model, setPassword } from './model.ts';
import { type Identifier, identifiersOf, type Person, type Row, type Who } from './people.ts';
import { getUserScript } from './scripts.ts';

type Change = DeedOf<'ChangePassword'>;

/** Whoever does not know the old password learns nothing: a login's refusal is one of the old password. */
export const changePassword = (model: Model, deed: Change): Answer =>
  unlessRefused(
    INVALID_CREDENTIALS,
    () => ours('changed', changed(model, deed)),
    () => refuse(WRONG_OLD_PASSWORD),
  );

const changed = (model: Model, deed: Change): Person => {
  const found = findHere(model, deed.who);
  if (found !== undefined) return changeHere(found, deed);
  return isMigrating(model) ? changeBeforeMigration(model, deed) : refuse(WRONG_OLD_PASSWORD);
};

const changeHere = (found: FoundHere, { old, password }: Change): Person => {
  if (found === undefined || found === 'tombstoned') return refuse(WRONG_OLD_PASSWORD);
  prove(found, old, WRONG_OLD_PASSWORD);
  refuseWeak(password);
  setPassword(found, password);
  return found;
};

/** By which identifier somebody logs in whom a legacy id names. */
const loginNameOf = (model: Model, who: Who): Identifier => {
  if (isIdentifier(who)) return who;
  const row = who.kind === 'our id' ? undefined : getUserScript(model, who);
  return (row && identifiersOf(row.profile)[0]) ?? refuse(WRONG_OLD_PASSWORD);
};

/** The old password is proven as by a login. */
const changeBeforeMigration = (model: Model, deed: Change): Person => {
  const { who, old, password } = deed;
  const by = loginNameOf(model, who);
  // Of a legacy user whose identifier is somebody's here: that one is not who was named.
  const holder = findHere(model, by);
  if (holder !== undefined && holder !== 'tombstoned') prove(holder, old, WRONG_OLD_PASSWORD);
  if (holder !== undefined) return refuse(WRONG_OLD_PASSWORD);
  const row = proveThere(model, by, old);
  const before = findHere(model, { kind: 'legacy id', value: row.id });
  if (before !== undefined && before !== 'tombstoned') return changeHere(before, deed);
  refuseWeak(password);
  return migrate(model, row, password, WRONG_OLD_PASSWORD);
};

/** Who somebody is was proven, their old password was not. */
export const migrateWithPassword = (model: Model, row: Row, password: string): Person => {
  if (row.profile.blocked) return refuse(USER_LOCKED);
  refuseWeak(password);
  return migrate(model, row, password, USER_TOMBSTONED);
};

export const resetPassword = (model: Model, { who, password }: DeedOf<'ResetPassword'>): Answer => {
  const resolved = resolveOwner(model, who);
  if ('row' in resolved) return ours('reset', migrateWithPassword(model, resolved.row, password));
  refuseWeak(password);
  setPassword(resolved.person, password);
  return ours('reset', resolved.person);
};
