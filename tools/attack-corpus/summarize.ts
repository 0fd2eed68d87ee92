import type { JudgedCase, Verdict } from './judge-case.ts';

export type Summary = Readonly<Record<Verdict, number>> & {
  readonly cases: number;
  /** By what the sandbox said of the run. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Cases whose code did not parse, or asked for a module that is not there before it did anything. */
  readonly couldNotRun: number;
};

const NOT_RUN =
  /^Cannot find module|^Unexpected|^Invalid or unexpected|^missing [)}]|is not defined$|Cannot use import statement/i;

const count = (judged: readonly JudgedCase[], verdict: Verdict): number =>
  judged.filter((one) => one.verdict === verdict).length;

export function summarize(judged: readonly JudgedCase[]): Summary {
  const outcomes = Object.entries(Object.groupBy(judged, ({ outcome }) => outcome));
  return {
    cases: judged.length,
    contained: count(judged, 'contained'),
    escaped: count(judged, 'escaped'),
    hung: count(judged, 'hung'),
    outcomes: Object.fromEntries(outcomes.map(([outcome, list]) => [outcome, list.length])),
    couldNotRun: judged.filter(({ told }) => NOT_RUN.test(told)).length,
  };
}
