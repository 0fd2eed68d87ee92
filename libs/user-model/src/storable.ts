import { textProblem } from './text.ts';

const DEPTH_MAX = 32;

const deeperThan = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => deeperThan(item, levels - 1)));

const unstorableText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return textProblem(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const problem = textProblem(name) ?? unstorableText(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

/**
 * Why JSON could not be kept by the database as it is, as the end of a sentence that starts with its name, or
 * `undefined`: NUL characters, half surrogates, more than 32 levels.
 */
export const storableProblem = (value: unknown): string | undefined => {
  if (deeperThan(value, DEPTH_MAX)) return `must be nested at most ${DEPTH_MAX} levels deep`;
  const problem = unstorableText(value);
  return problem === undefined ? undefined : `${problem}, at any depth`;
};
