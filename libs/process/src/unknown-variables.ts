import { closest } from './closest.ts';
import { KNOWN_VARIABLES } from './known-variables.ts';

/** A third of names as long as these would be no likeness. */
const CLOSE = 3;

const isKnown = (name: string): boolean =>
  KNOWN_VARIABLES.includes(name) || KNOWN_VARIABLES.includes(name.replace(/_FILE$/, ''));

/** Those of ours that have no prefix, which whoever sets all the others gives them. */
const UNPREFIXED = ['DATABASE_URL', 'PUBLIC_IPS'];

const withoutPrefix = (name: string): string | undefined =>
  [...UNPREFIXED, ...UNPREFIXED.map((bare) => `${bare}_FILE`)].find((bare) => name === `USERFERRY_${bare}`);

/**
 * A misspelt setting would be a setting that nobody made: names that begin with `USERFERRY_` and that nothing of ours reads
 * are told, each with the name that was probably meant.
 */
export const unknownVariables = (names: readonly string[]): string[] =>
  names
    .filter((name) => name.startsWith('USERFERRY_') && !isKnown(name))
    .map((name) => {
      const meant = withoutPrefix(name) ?? closest(name, KNOWN_VARIABLES, CLOSE);
      return `${name}: is not known${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });
