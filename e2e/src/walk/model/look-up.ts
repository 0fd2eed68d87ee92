import { refuse, USER_NOT_FOUND, USER_TOMBSTONED } from './answer.ts';
import { holderOf, isMigrating, isTombstoned, type Model, movedFrom } from './model.ts';
import { type Identifier, keyOf, type Person, type Row, type Who } from './people.ts';
import { getUserScript } from './scripts.ts';

/** What our store alone says of a name. */
export type FoundHere = Person | 'tombstoned' | undefined;

/** Who is meant: here, or of the legacy database alone. */
export type Resolved = { readonly person: Person } | { readonly row: Row };

export const isIdentifier = (who: Who): who is Identifier => who.kind !== 'legacy id' && who.kind !== 'our id';

const personOf = (model: Model, who: Who): Person | undefined => {
  if (who.kind === 'our id') return model.here.find(({ id }) => id === who.value);
  if (who.kind === 'legacy id') return movedFrom(model, who.value);
  return isIdentifier(who) ? holderOf(model, who) : undefined;
};

export const findHere = (model: Model, who: Who): FoundHere =>
  personOf(model, who) ?? (isTombstoned(model, [keyOf(who)]) ? 'tombstoned' : undefined);

const known = (found: Person | 'tombstoned'): Resolved =>
  found === 'tombstoned' ? refuse(USER_TOMBSTONED) : { person: found };

/**
 * Whom the legacy database has under a name. The legacy id decides whether it is somebody who is here, or was deleted here,
 * under names that have changed since.
 */
export const resolveThere = (model: Model, who: Who): Resolved | undefined => {
  const row = getUserScript(model, who);
  if (row === undefined) return undefined;
  const found = findHere(model, { kind: 'legacy id', value: row.id });
  return found === undefined ? { row } : known(found);
};

/** In lazy migration and without a connection. */
export const resolve = (model: Model, who: Who): Resolved => {
  const found = findHere(model, who);
  if (found !== undefined) return known(found);
  const asked = isMigrating(model) && who.kind !== 'our id' ? resolveThere(model, who) : undefined;
  return asked ?? refuse(USER_NOT_FOUND);
};

/** For a new password without the old one: whoever is named by an e-mail or a phone has to show it. */
export const resolveOwner = (model: Model, who: Who): Resolved => {
  const resolved = resolve(model, who);
  if (who.kind !== 'email' && who.kind !== 'phone') return resolved;
  const { profile } = 'person' in resolved ? resolved.person : resolved.row;
  const value = profile[who.kind] ?? '';
  return keyOf({ ...who, value }) === keyOf(who) ? resolved : refuse(USER_NOT_FOUND);
};

/** What stands against somebody here having an identifier: another user of the legacy database, who would be shut out. */
export const takenThere = (
  model: Model,
  identifiers: readonly Identifier[],
  isTheirs: (other: Resolved) => boolean,
): boolean =>
  identifiers.flatMap(spellingsOf).some((identifier) => {
    const other = resolveThere(model, identifier);
    return other !== undefined && !isTheirs(other);
  });

/** As typed, and as our store compares it. */
const spellingsOf = (identifier: Identifier): readonly Identifier[] => {
  const compared = identifier.kind === 'email' ? identifier.value.toLowerCase() : identifier.value;
  return compared === identifier.value ? [identifier] : [identifier, { ...identifier, value: compared }];
};
