import { type Deed, told } from './deed.ts';
import type { Done, Explanation } from './order/explain.ts';
import { hasRunAsItMay, type MayRun } from './order/runs.ts';

/** Deeds that were done at once, or one by itself; what came; what the model makes of it. */
export type Entry = Done & Explanation & { readonly mayRun: MayRun };

/** The runs of each request, in their order. */
export type Runs = ReadonlyMap<string, readonly string[]>;

const BEFORE = 10;

const ranIn = ({ came }: Entry, index: number, runs: Runs): readonly string[] =>
  runs.get(came[index]?.requestId ?? '') ?? [];

const wrongRuns = (entry: Entry, runs: Runs): readonly string[] =>
  entry.mayRun.flatMap((mayRun, index) => {
    const ran = ranIn(entry, index, runs);
    const isAlone = entry.deeds.length === 1;
    if (hasRunAsItMay(ran, mayRun, isAlone)) return [];
    return [`${index + 1}: expected runs as ${JSON.stringify(mayRun)}`];
  });

const MISFITS_MAX = 40;

/** What no order explains. The log history has the runs a little later: then they are compared, too. */
const misfitsOf = (entry: Entry, runs: Runs): readonly string[] =>
  entry.models.length === 0 ? entry.misfits.slice(0, MISFITS_MAX) : wrongRuns(entry, runs);

const toldWith = (deed: Deed, answer = ''): string => `${told(deed)} -> ${answer}`;

const inFull = (entry: Entry, runs: Runs): readonly string[] => {
  const { deeds, came } = entry;
  return deeds.map((deed, index) => {
    const shown = JSON.stringify({ users: came[index]?.users, ran: ranIn(entry, index, runs) });
    return `  ${index + 1}. ${toldWith(deed, came[index]?.answer)} ${shown}`;
  });
};

const inShort = ({ deeds, came }: Entry): string =>
  deeds.map((deed, index) => toldWith(deed, came[index]?.answer)).join(' | ');

/** Where a walk parted from its model, in which orders it was looked for, and what led there; undefined when it never did. */
export const divergenceIn = (journal: readonly Entry[], runs: Runs): string | undefined => {
  const place = journal.findIndex((entry) => misfitsOf(entry, runs).length > 0);
  const entry = journal[place];
  if (entry === undefined) return undefined;
  const from = Math.max(0, place - BEFORE);
  return [
    `step ${place + 1}${entry.deeds.length > 1 ? ', which no order of its deeds explains' : ''}:`,
    ...inFull(entry, runs),
    'by the order in which they ended, the first that did not fit:',
    ...misfitsOf(entry, runs).map((misfit) => `  ${misfit}`),
    `the ${place - from} steps before:`,
    ...journal.slice(from, place).map((each, index) => `  ${from + index + 1}. ${inShort(each)}`),
  ].join('\n');
};
