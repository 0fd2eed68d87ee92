import type { LegacyDeed } from '../deed.ts';
import { movedFrom } from '../model/model.ts';
import { type Identifier, identifiersOf, type Row } from '../model/people.ts';
import { rowOf } from '../model/scripts.ts';
import { type Draft, newProfile } from './draw-names.ts';
import { newPassword } from './draw-password.ts';

type Draw = (draft: Draft) => LegacyDeed;

/** What somebody here is called, and nobody in the legacy database: who gets it there is in the way of a migration. */
const drawHeldHere = ({ model, random }: Draft, kinds: readonly Identifier['kind'][]): Identifier | undefined => {
  const held = model.here.flatMap(({ profile }) => identifiersOf(profile));
  return random.pick(held.filter((one) => kinds.includes(one.kind) && rowOf(model, one) === undefined));
};

const drawAdd: Draw = (draft) => {
  const taken = draft.random.chance(0.4) ? drawHeldHere(draft, ['email', 'username', 'phone']) : undefined;
  const profile = { ...newProfile(draft), ...(taken && { [taken.kind]: taken.value }) };
  return { call: 'legacy: add', profile, password: newPassword(draft) };
};

const drawRow = ({ model, random, about }: Draft): Row | undefined =>
  about === undefined ? random.pick(model.there) : rowOf(model, ...about);

/** Something about somebody who is there; without anybody, somebody comes. */
const ofSomebody =
  (draw: (row: Row, draft: Draft) => LegacyDeed): Draw =>
  (draft) => {
    const row = drawRow(draft);
    return row === undefined ? drawAdd(draft) : draw(row, draft);
  };

/** Whoever has moved over is known here by what they were called. */
const drawMove: Draw = (draft) => {
  const moved = draft.model.there.filter(({ id }) => movedFrom(draft.model, id) !== undefined);
  const row = draft.random.pick(draft.random.chance(0.5) ? moved : draft.model.there);
  if (row === undefined) return drawAdd(draft);
  const taken = draft.random.chance(0.3) ? drawHeldHere(draft, ['email']) : undefined;
  return { call: 'legacy: set e-mail', id: row.id, email: taken?.value ?? `moved${draft.n}@walk.example` };
};

/** What others do in the legacy database, and of a hundred deeds how many that is about. */
export const LEGACY_DEEDS: readonly (readonly [weight: number, draw: Draw])[] = [
  [5, drawAdd],
  [4, ofSomebody(({ id }, draft) => ({ call: 'legacy: set password', id, password: newPassword(draft) }))],
  [4, drawMove],
  [2, ofSomebody(({ id, profile }) => ({ call: 'legacy: block', id, blocked: !profile.blocked }))],
  [1.5, ofSomebody(({ id }) => ({ call: 'legacy: remove', id }))],
];
