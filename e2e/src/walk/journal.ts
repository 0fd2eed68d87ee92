import { isDeepStrictEqual } from 'node:util';
import { type Deed, told } from './deed.ts';
import type { Coming } from './model/predict.ts';
import type { Came } from './world/do-deed.ts';

/** A deed, what the model said, and what came. */
export type Entry = { readonly deed: Deed; readonly expected: Coming; readonly came: Came };

/** The runs of each request, in their order. */
export type Runs = ReadonlyMap<string, readonly string[]>;

const BEFORE = 10;

const cameOf = ({ answer, users, held, requestId }: Came, runs: Runs | undefined, expected: Coming): Coming => {
  const ran = runs === undefined ? expected.ran : (runs.get(requestId) ?? []);
  return { answer, users, held, ran };
};

/** Whether it came as expected, as far as is known: the log history has the runs a little later. */
export const isAsExpected = ({ came, expected }: Entry, runs?: Runs): boolean =>
  isDeepStrictEqual(cameOf(came, runs, expected), expected);

/** Where a walk parted from its model, with what led there; undefined when it never did. */
export const divergenceIn = (journal: readonly Entry[], runs: Runs): string | undefined => {
  const place = journal.findIndex((entry) => !isAsExpected(entry, runs));
  const entry = journal[place];
  if (entry === undefined) return undefined;
  const { deed, expected, came } = entry;
  const from = Math.max(0, place - BEFORE);
  const before = journal.slice(from, place).map((each, index) => {
    return `  ${from + index + 1}. ${told(each.deed)} -> ${each.came.answer}`;
  });
  return [
    `deed ${place + 1}: ${told(deed)}`,
    `  expected: ${JSON.stringify(expected)}`,
    `  came:     ${JSON.stringify(cameOf(came, runs, expected))}`,
    `the ${before.length} deeds before:`,
    ...before,
  ].join('\n');
};
