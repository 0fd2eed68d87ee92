import { BENCHMARKS } from './benchmarks.ts';
import { type Effort, type Figures, QUICK } from './compare-logins.ts';
import { missingFigures } from './promised-figures.ts';
import { lookAround, type Quiet, watchMachine } from './quiet-machine.ts';

/** The figures of one benchmark, with whether the machine was quiet: `quiet`, and why it was not. */
export type Result = Readonly<Record<string, number | boolean | string>>;

export type Results = Readonly<Record<string, Result>>;

/** Runs them one after the other; `problems` has a sentence for each that did not run or brought too little. */
export const runBenchmarks = async (
  names: readonly string[],
  effort: Effort,
): Promise<{ readonly results: Results; readonly problems: readonly string[] }> => {
  const results: Record<string, Result> = {};
  const problems: string[] = [];
  for (const name of names) {
    try {
      const { quiet, figures } = await runOne(name, effort);
      results[name] = { quiet: quiet.quiet, quiet_reason: quiet.reason, ...figures };
      const missing = missingFigures(name, figures);
      if (missing.length > 0) problems.push(`${name} brought no ${missing.join(', ')}`);
    } catch (error) {
      problems.push(`${name} did not run to its end: ${(error as Error).stack}`);
    }
  }
  return { results, problems };
};

const ON_DOUBLES = /^login_(?:http|mongodb|mssql)_/;

/** What the quick form measures means nothing on any machine. */
const NOT_ASKED = { quiet: false, reason: 'the quick form does not ask', said: 'quick form' } as const;

const runOne = async (name: string, effort: Effort): Promise<{ quiet: Quiet; figures: Figures }> => {
  const quick = effort === QUICK;
  const before = quick ? NOT_ASKED : await lookAround();
  console.log(`${name} … (${before.said})`);
  if (ON_DOUBLES.test(name)) console.log('  against a double of the server: what its own would take is not in it');
  const since = watchMachine();
  const figures = (await BENCHMARKS[name]?.(effort)) ?? {};
  const quiet = quick ? NOT_ASKED : both(before, since());
  for (const [figure, value] of Object.entries(figures)) console.log(`  ${figure.padEnd(36)} ${value}`);
  if (!quick && !quiet.quiet) console.log(`  not quiet, so that times mean little: ${quiet.reason}`);
  return { quiet, figures };
};

const both = (before: Quiet, meanwhile: Quiet): Quiet => {
  const bad = [before, meanwhile].filter(({ quiet }) => !quiet);
  return bad.length === 0 ? meanwhile : { quiet: false, reason: bad.map(({ reason }) => reason).join('; then ') };
};
