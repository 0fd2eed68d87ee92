/** `util.diff`. */
import { diffLines } from '../assert/line-diff.ts';
import { validateString } from '../node-errors.ts';

const CODES = { added: 1, removed: -1, same: 0 } as const;

/** The characters of a text, or the members of a list of texts. */
function partsOf(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value)) {
    validateString(value, name);
    return (value as string).split('');
  }
  for (const [i, member] of value.entries()) validateString(member, `${name}[${i}]`);
  return value as string[];
}

/** What leads from one to the other: pairs of 1 (in the first alone), -1 (in the second alone) or 0, and the part. */
export function diff(actual: unknown, expected: unknown): [code: number, part: string][] {
  if (actual === expected) return [];
  const steps = diffLines(partsOf(actual, 'actual'), partsOf(expected, 'expected'), false);
  return steps.map(({ kind, line }) => [CODES[kind], line]);
}
