import type { Deed } from '../deed.ts';
import { nameOf } from '../model/deletion.ts';
import { type Model, movedFrom } from '../model/model.ts';
import { identifiersOf, type Who } from '../model/people.ts';
import type { Random } from '../random.ts';
import { drawLogin, drawRegister, EDGE_DEEDS, RACING_DEEDS } from './draw-edge-deed.ts';
import { LEGACY_DEEDS } from './draw-legacy-deed.ts';
import { type Draft, everybody, everyoneDeleted } from './draw-names.ts';
import { drawWeighted } from './draw-weighted.ts';

/** Deeds are told apart by their numbers, those at once too. */
const PLACES = 10;

/** Whoever is not here yet comes while others do something with them. */
const notHereYet = ({ model }: Draft): readonly (readonly Who[])[] =>
  model.there
    .filter(({ id }) => movedFrom(model, id) === undefined)
    .map(({ id, profile }) => [{ kind: 'legacy id', value: id }, ...identifiersOf(profile)]);

const drawLift = ({ model, about = [] }: Draft): Deed | undefined => {
  const tombstone = model.tombstones.find((each) => about.some(({ kind, value }) => each.has(`${kind}:${value}`)));
  return tombstone && { call: 'LiftTombstone', of: nameOf(tombstone) };
};

const drawAny = (draft: Draft): Deed => drawWeighted(EDGE_DEEDS, draft.random)(draft);

const drawRacing = (draft: Draft): Deed => drawWeighted(RACING_DEEDS, draft.random)(draft);

const numbered = (draft: Draft, place: number): Draft => ({ ...draft, n: draft.n * PLACES + place });

/** Two who want the same names, which nobody has yet. */
const drawRivals = (draft: Draft): readonly Deed[] => {
  const { random } = draft;
  const [first, second] = [drawRegister(numbered(draft, 1)), drawRegister(numbered(draft, 2))];
  if (first.call !== 'Register' || second.call !== 'Register') throw new Error('a registration was to be drawn');
  const { email } = first.profile;
  const update = drawAny({ ...numbered(draft, 3), about: random.pick(everybody(draft.model)) ?? [] });
  const rival = update.call === 'UpdateUser' && email !== undefined ? { ...update, updates: { email } } : update;
  return [first, { ...second, profile: { ...second.profile, email } as typeof second.profile }, rival];
};

/**
 * What others change in the legacy database is beside one deed alone. A call asks our store and the legacy one, and no transaction
 * is of both: with a third who sees the new row already, and the call's doings not yet, no order tells of both stores.
 */
const drawLegacyBeside = (draft: Draft): readonly Deed[] => {
  const legacy = drawWeighted(LEGACY_DEEDS, draft.random)(numbered(draft, 1));
  const deed = draft.random.chance(0.6) ? drawLogin(numbered(draft, 2)) : drawAny(numbered(draft, 2));
  // The script that is asked for an identifier, and the one that proves it, may see two.
  const isAskedTwice = legacy.call === 'legacy: set e-mail' && deed.call === 'ChangePassword';
  return [legacy, isAskedTwice ? drawLogin(numbered(draft, 2)) : deed];
};

const drawOfOne = (draft: Draft): readonly Deed[] => {
  const { random } = draft;
  const first = drawLift(draft) ?? (random.chance(0.4) ? drawLogin : drawRacing)(numbered(draft, 1));
  const others = [2, ...(random.chance(0.35) ? [3] : [])].map((place) => drawRacing(numbered(draft, place)));
  return [first, ...others];
};

/** The next deeds, to be done at once: mostly about one person. Connections are saved and switched one deed at a time. */
export const drawAtOnce = (model: Model, random: Random, n: number): readonly Deed[] => {
  const anybody = { model, random, n };
  if (random.chance(0.1)) return drawRivals(anybody);
  const deleted = everyoneDeleted(model);
  const of = random.chance(0.15) ? deleted : random.chance(0.6) ? notHereYet(anybody) : everybody(model);
  const about = random.pick(of) ?? random.pick(everybody(model)) ?? [];
  const draft = { ...anybody, about };
  return of !== deleted && random.chance(0.2) ? drawLegacyBeside(draft) : drawOfOne(draft);
};
