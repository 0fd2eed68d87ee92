import { findHere } from '../model/look-up.ts';
import type { Model } from '../model/model.ts';
import type { Person, Row, Who } from '../model/people.ts';
import { rowOf } from '../model/scripts.ts';
import type { Draft } from './draw-names.ts';

/** A password that nobody has had; seldom one that is too weak to be chosen. */
export const newPassword = ({ random, n }: Draft): string => (random.chance(0.06) ? `wk!${n}` : `Secret!of!${n}`);

/** Whom a name means here, and in the legacy database. */
const whose = (model: Model, who: Who): { person: Person | undefined; row: Row | undefined } => {
  const found = findHere(model, who);
  const person = found === 'tombstoned' ? undefined : found;
  const row = person === undefined ? rowOf(model, who) : model.there.find(({ id }) => id === person.legacyId);
  return { person, row };
};

/** What somebody types of whom that is a name: mostly the password, else the other store's, an old one, or a wrong one. */
export const drawTyped = ({ model, random, n }: Draft, who: Who): string => {
  const { person, row } = whose(model, who);
  const right = person?.password ?? row?.password;
  const former = [...(person?.former ?? []), ...(row?.former ?? [])];
  const roll = random.below(100);
  const typed = roll < 76 ? right : roll < 84 ? row?.password : roll < 92 ? random.pick(former) : undefined;
  return typed ?? `Wrong!${n}`;
};
