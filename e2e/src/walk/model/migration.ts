import { IDENTIFIER_CONFLICT, PASSWORD_TOO_WEAK, refuse } from './answer.ts';
import { addPerson, holderOf, isTombstoned, type Model } from './model.ts';
import { identifiersOf, keyOf, type Person, type Row } from './people.ts';

const CHARACTERS_MIN = 8;

/** Our rule for passwords that somebody chooses; one that the legacy database has proven is taken as it is. */
export const refuseWeak = (password: string): void => {
  if (password.length < CHARACTERS_MIN) refuse(PASSWORD_TOO_WEAK);
};

/** Forgets what kept somebody of the legacy database out. */
export const forgetConflicts = ({ conflicts }: Model, legacyId: string): void => {
  for (const key of conflicts.keys()) if (key.startsWith(`${legacyId} `)) conflicts.delete(key);
};

/** Stores somebody of the legacy database with this password: all of it or nothing. */
export const migrate = (model: Model, row: Row, password: string, whenTombstoned: string): Person => {
  const identifiers = identifiersOf(row.profile);
  if (isTombstoned(model, [`legacy id:${row.id}`, ...identifiers.map(keyOf)])) return refuse(whenTombstoned);
  let isFree = true;
  for (const identifier of identifiers) {
    const holder = holderOf(model, identifier);
    if (holder === undefined) continue;
    model.conflicts.set(`${row.id} ${keyOf(identifier)}`, holder.id);
    isFree = false;
  }
  if (!isFree) return refuse(IDENTIFIER_CONFLICT);
  forgetConflicts(model, row.id);
  return addPerson(model, { profile: row.profile, password }, row.id);
};
