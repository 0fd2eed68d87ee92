import type { DeedOf } from '../deed.ts';
import {
  type Answer,
  legacy,
  ours,
  page,
  refuse,
  shownPerson,
  USER_EXISTS,
  USER_NOT_MIGRATED,
  USER_TOMBSTONED,
} from './answer.ts';
import { type Resolved, resolve, resolveOwner, takenThere } from './look-up.ts';
import { refuseWeak } from './migration.ts';
import { addPerson, holderOf, isMigrating, isTombstoned, type Model, setPassword } from './model.ts';
import { migrateWithPassword } from './passwords.ts';
import { hasIdentifier, type Identifier, identifiersOf, keyOf, type Person, type Profile, type Row } from './people.ts';

/** What our store has against somebody having these identifiers. */
const refuseTakenHere = (model: Model, identifiers: readonly Identifier[], by?: Person): void => {
  const holders = identifiers.map((one) => holderOf(model, one));
  if (holders.some((holder) => holder !== undefined && holder !== by)) refuse(USER_EXISTS);
  const others = identifiers.filter((_, place) => holders[place] === undefined);
  if (isTombstoned(model, others.map(keyOf))) refuse(USER_TOMBSTONED);
};

export const register = (model: Model, { profile, password }: DeedOf<'Register'>): Answer => {
  const identifiers = identifiersOf(profile);
  refuseTakenHere(model, identifiers);
  if (isMigrating(model) && takenThere(model, identifiers, () => false)) return refuse(USER_EXISTS);
  refuseWeak(password);
  return ours('registered', addPerson(model, { profile, password }));
};

export const getUser = (model: Model, { who }: DeedOf<'GetUser'>): Answer => {
  const resolved = resolve(model, who);
  return 'person' in resolved ? ours('found', resolved.person) : legacy('found', resolved.row);
};

export const listUsers = ({ here }: Model): Answer => page('ours', here.map(shownPerson));

const isSame = (one: Resolved, other: Resolved): boolean =>
  'person' in one ? 'person' in other && one.person === other.person : 'row' in other && one.row === other.row;

/** While users are on their way here: nobody takes what another one has in the legacy database. */
const refuseTakenThere = (model: Model, updates: Profile, whose: Resolved): void => {
  if (!isMigrating(model)) return;
  const { profile } = 'person' in whose ? whose.person : whose.row;
  const news = identifiersOf(updates).filter((one) => !hasIdentifier(profile, one));
  if (takenThere(model, news, (other) => isSame(other, whose))) refuse(USER_EXISTS);
};

/** Of a kind that changes nothing stays, aliases included. */
const change = (model: Model, person: Person, updates: Profile): void => {
  const identifiers = identifiersOf(updates);
  refuseTakenHere(model, identifiers, person);
  person.aliases = person.aliases.filter(({ kind }) => identifiers.every((one) => one.kind !== kind));
  person.profile = { ...person.profile, ...updates };
};

export const updateUser = (model: Model, { who, updates, password }: DeedOf<'UpdateUser'>): Answer => {
  const resolved = (password === undefined ? resolve : resolveOwner)(model, who);
  if ('row' in resolved) return ours('updated', updateLegacy(model, resolved.row, updates, password));
  const { person } = resolved;
  refuseTakenThere(model, updates, resolved);
  if (password !== undefined) refuseWeak(password);
  change(model, person, updates);
  if (password !== undefined) setPassword(person, password);
  return ours('updated', person);
};

/** Whose password nobody has proven is stored with a new one alone. */
const updateLegacy = (model: Model, row: Row, updates: Profile, password: string | undefined): Person => {
  if (password === undefined) return refuse(USER_NOT_MIGRATED);
  refuseTakenHere(model, identifiersOf(updates));
  refuseTakenThere(model, updates, { row });
  const person = migrateWithPassword(model, row, password);
  change(model, person, updates);
  return person;
};
