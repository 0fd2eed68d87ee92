import type { Model, NewIds } from '../model/model.ts';
import type { State } from '../model/state.ts';
import type { Came } from '../world/do-deed.ts';

/** Of a line that shows a user: our id and the legacy one. */
const idsIn = (line: string): readonly string[] => line.split(' ', 1)[0]?.split('/') ?? [];

const newOf = (lines: readonly string[], place: number, known: readonly string[]): readonly string[] => {
  const ids = lines.map((line) => idsIn(line)[place] ?? '-');
  return [...new Set(ids)].filter((id) => id !== '-' && !known.includes(id));
};

const ordersOf = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, place) => ordersOf(items.toSpliced(place, 1)).map((others) => [item, ...others]));

/** What the stores called whoever came lately, in each order in which they may have come. */
export const newIdsOf = (model: Model, came: readonly Came[], found: State): readonly NewIds[] => {
  const lines = [...came.flatMap(({ users }) => users), ...found.here, ...found.there];
  const known = model.here.map(({ id }) => id);
  const knownThere = model.there.map(({ id }) => id);
  const theirs = ordersOf(newOf([...found.there], 1, knownThere));
  return ordersOf(newOf(lines, 0, known)).flatMap((here) => theirs.map((there) => ({ here, there })));
};
