import { nameOfKey } from '../model/deletion.ts';
import { isIdentifier } from '../model/look-up.ts';
import { holderOf, type Model, movedFrom, namesOf } from '../model/model.ts';
import { type Identifier, identifiersOf, type Profile, type Who } from '../model/people.ts';
import type { Random } from '../random.ts';

/** Of what the next deed is drawn; `n` is its number, and makes new names new. */
export type Draft = {
  readonly model: Model;
  readonly random: Random;
  readonly n: number;
  /** Names of the one whom it is to be about; of anybody where there are none. */
  readonly about?: readonly Who[];
};

export const newProfile = ({ random, n }: Draft): Profile => ({
  // Spelled as nobody compares it.
  email: random.chance(0.2) ? `P${n}@Walk.example` : `p${n}@walk.example`,
  ...(random.chance(0.7) && { phone: `+1202555${1_000 + n}` }),
  username: `p${n}`,
  nickname: `Number ${n}`,
});

/** Everybody whom one of the stores knows, each by all of their names. */
export const everybody = (model: Model): readonly (readonly Who[])[] => {
  const { here, there } = model;
  const rowNames = (legacyId: string | undefined): readonly Who[] =>
    there
      .filter(({ id }) => id === legacyId)
      .flatMap(({ id, profile }) => [{ kind: 'legacy id', value: id } as const, ...identifiersOf(profile)]);
  return [
    ...here.map((person) => [
      { kind: 'our id', value: person.id } as const,
      ...namesOf(person),
      ...rowNames(person.legacyId),
    ]),
    ...there.filter(({ id }) => movedFrom(model, id) === undefined).map(({ id }) => rowNames(id)),
  ];
};

/** Whoever was deleted, by all that is kept of their names. */
export const everyoneDeleted = ({ tombstones }: Model): readonly (readonly Who[])[] =>
  tombstones.map((tombstone) => [...tombstone].map(nameOfKey));

/** The names of one person: of somebody, seldom of who was deleted. */
const drawNames = ({ model, random, about }: Draft): readonly Who[] =>
  about ?? random.pick((random.chance(0.15) ? everyoneDeleted : everybody)(model)) ?? [];

/** E-mail is compared whatever its case. */
const spelled = <T extends Who>({ random }: Draft, who: T): T =>
  who.kind === 'email' && random.chance(0.15) ? { ...who, value: who.value.toUpperCase() } : who;

/** A name of somebody, sometimes of nobody. */
export const drawWho = (draft: Draft): Who => {
  const who = draft.random.chance(0.04) ? undefined : draft.random.pick(drawNames(draft));
  return spelled(draft, who ?? { kind: 'username', value: `nobody${draft.n}` });
};

/** The same of what somebody can log in by. */
export const drawIdentifier = (draft: Draft): Identifier => {
  const names = draft.random.chance(0.04) ? [] : drawNames(draft).filter(isIdentifier);
  const one = draft.random.pick(names) ?? { kind: 'username', value: `nobody${draft.n}` };
  return spelled(draft, one);
};

/** What the legacy database calls somebody since they moved over, and nobody is called here. */
export const drawLaterName = ({ model, random }: Draft): Identifier | undefined => {
  const names = model.there
    .filter(({ id }) => movedFrom(model, id) !== undefined)
    .flatMap(({ profile }) => identifiersOf(profile));
  return random.pick(names.filter((name) => holderOf(model, name) === undefined));
};
