import { KNOWN_VARIABLES } from './known-variables.ts';

/** How many letters have to be changed, added or taken away to make one text of the other (Levenshtein). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [line, letter] of [...from].entries()) {
    const next = [line + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] as number) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] as number) + 1, (next[column] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
};

const CLOSE = 3;

const nearest = (name: string): string | undefined => {
  const ranked = KNOWN_VARIABLES.map((known) => ({ known, far: distance(name, known) }));
  const [best] = ranked.sort((a, b) => a.far - b.far);
  return best !== undefined && best.far <= CLOSE ? best.known : undefined;
};

const isKnown = (name: string): boolean =>
  KNOWN_VARIABLES.includes(name) || KNOWN_VARIABLES.includes(name.replace(/_FILE$/, ''));

/**
 * A misspelt setting would be a setting that nobody made: names that begin with `USERFERRY_` and that nothing of ours reads
 * are told, each with the name that was probably meant.
 */
export const unknownVariables = (names: readonly string[]): string[] =>
  names
    .filter((name) => name.startsWith('USERFERRY_') && !isKnown(name))
    .map((name) => {
      const meant = nearest(name);
      return `${name}: is not known${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });
