import { shownPerson, shownRow } from './answer.ts';
import type { Model } from './model.ts';
import { keyOf, type Person } from './people.ts';

/** What both stores hold, as far as it can be looked at: nobody sees a password. */
export type State = {
  /** Everybody here, with what lets them in beside their profile. */
  readonly here: readonly string[];
  readonly there: readonly string[];
  readonly tombstones: number;
  readonly conflicts: number;
};

/** A user of ours in one line. */
export const held = (person: string, aliases: readonly string[]): string => [person, ...aliases.toSorted()].join(' +');

const heldPerson = (person: Person): string => held(shownPerson(person), person.aliases.map(keyOf));

export const stateOf = ({ here, there, tombstones, conflicts }: Model): State => ({
  here: here.map(heldPerson).toSorted(),
  there: there.map(shownRow).toSorted(),
  tombstones: tombstones.length,
  conflicts: conflicts.size,
});

/** In words; nothing where there is none. Nobody is there twice: each line has an id. */
export const differencesOf = (expected: State, found: State): string => {
  const keys = Object.keys(expected) as (keyof State)[];
  const lines = keys.flatMap((key) => {
    const [wanted, is] = [[expected[key]].flat(), [found[key]].flat()];
    const missing = wanted.filter((each) => !is.includes(each));
    const more = is.filter((each) => !wanted.includes(each));
    return missing.length + more.length === 0
      ? []
      : [`${key}: expected ${missing.join(', ')}; found ${more.join(', ')}`];
  });
  return lines.join('; ');
};
