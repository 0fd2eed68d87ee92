import type { DeedOf } from '../deed.ts';
import { type Answer, INVALID_CREDENTIALS, ours, refuse, USER_LOCKED } from './answer.ts';
import { findHere } from './look-up.ts';
import { migrate } from './migration.ts';
import { isMigrating, isTombstoned, type Model, movedFrom } from './model.ts';
import { type Identifier, keyOf, type Person, type Row } from './people.ts';
import { loginScript } from './scripts.ts';

/** That somebody is locked is told only to who knows the password. */
export const prove = ({ password, profile }: Person, typed: string, whenWrong: string): void => {
  if (password !== typed) refuse(whenWrong);
  if (profile.blocked) refuse(USER_LOCKED);
};

/** The legacy database proves a password. */
export const proveThere = (model: Model, by: Identifier, password: string): Row => {
  const row = loginScript(model, by, password);
  return row.profile.blocked ? refuse(USER_LOCKED) : row;
};

/** What was typed names nobody here and nobody who was deleted, and is kept. */
const keepAlias = (model: Model, person: Person, typed: Identifier): void => {
  if (!isTombstoned(model, [keyOf(typed)])) person.aliases = [...person.aliases, typed];
};

/** In lazy migration and without a connection. */
export const login = (model: Model, { by, password }: DeedOf<'Login'>): Answer => {
  const found = findHere(model, by);
  if (found === 'tombstoned') return refuse(INVALID_CREDENTIALS);
  if (found !== undefined) {
    prove(found, password, INVALID_CREDENTIALS);
    return ours('authenticated', found);
  }
  if (!isMigrating(model)) return refuse(INVALID_CREDENTIALS);
  const row = proveThere(model, by, password);
  const before = movedFrom(model, row.id);
  if (before === undefined)
    return ours('authenticated', migrate(model, row, password, INVALID_CREDENTIALS), ', migrated now');
  prove(before, password, INVALID_CREDENTIALS);
  keepAlias(model, before, by);
  return ours('authenticated', before);
};
