import type { DeedOf } from '../deed.ts';
import { type Answer, done, USER_TOMBSTONED, unlessRefused } from './answer.ts';
import { type Resolved, resolve } from './look-up.ts';
import { forgetConflicts } from './migration.ts';
import { holderOf, type Model, namesOf } from './model.ts';
import { identifiersOf, keyOf, type Person, type Row, type Tombstone, type Who } from './people.ts';

/** Whoever was deleted is deleted. */
export const deleteUser = (model: Model, { who }: DeedOf<'DeleteUser'>): Answer => {
  const resolved = unlessRefused<Resolved | undefined>(
    USER_TOMBSTONED,
    () => resolve(model, who),
    () => undefined,
  );
  if (resolved !== undefined) {
    if ('person' in resolved) removePerson(model, resolved.person);
    else buryRow(model, resolved.row);
  }
  return done('deleted');
};

/** Everything by which they could come back. */
const removePerson = (model: Model, person: Person): void => {
  const { id, legacyId } = person;
  const ids = [`our id:${id}`, ...(legacyId === undefined ? [] : [`legacy id:${legacyId}`])];
  model.tombstones.push(new Set([...ids, ...namesOf(person).map(keyOf)]));
  model.here = model.here.filter((other) => other !== person);
  if (legacyId !== undefined) forgetConflicts(model, legacyId);
  for (const [key, holder] of model.conflicts) if (holder === id) model.conflicts.delete(key);
};

/** A tombstone is called by the legacy id, where there was one: an identifier may stand on two. */
export const isOf = (tombstone: Tombstone, who: Who): boolean => keyOf(nameOf(tombstone)) === keyOf(who);

export const nameOf = (tombstone: Tombstone): Who => {
  const names = [...tombstone].map(nameOfKey);
  const name = names.find(({ kind }) => kind === 'legacy id') ?? names.find(({ kind }) => kind !== 'our id');
  if (name === undefined) throw new Error('a tombstone of nobody who had a name');
  return name;
};

/** A legacy id may have a colon, a kind has none. */
export const nameOfKey = (key: string): Who => {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon) as Who['kind'], value: key.slice(colon + 1) };
};

/** What others have here is not theirs. */
const buryRow = (model: Model, { id, profile }: Row): void => {
  const free = identifiersOf(profile).filter((one) => holderOf(model, one) === undefined);
  model.tombstones.push(new Set([`legacy id:${id}`, ...free.map(keyOf)]));
  forgetConflicts(model, id);
};

export const liftTombstone = (model: Model, { of }: DeedOf<'LiftTombstone'>): Answer => {
  model.tombstones = model.tombstones.filter((tombstone) => !isOf(tombstone, of));
  return done('done');
};
