/** What the guest asks and is answered at once, its isolate waiting. */
import { LIMITS, QuotaExceeded } from './limits.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { RunWaits } from './wait-clock.ts';
import { QUESTIONS } from './work.ts';

/** Questions that are answered by computing a hash, or the like. */
const HASHES: ReadonlySet<string> = new Set(['bcrypt', 'crypto']);

export type Questions = ReadonlyMap<string, (args: readonly unknown[]) => unknown>;

type RunQuestionsDeps = {
  readonly files: RuntimeFiles;
  /** The script has required a package that was not brought along. */
  readonly onPackage: (name: string) => void;
  /** Questions about what this run has. */
  readonly own: Questions;
  readonly waits: Pick<RunWaits, 'hash'>;
};

/** Answers one question. */
export type AnswerQuestion = (question: string, args: readonly unknown[]) => unknown;

/** The text of a package that was not brought along. */
function bringPackage({ files, onPackage }: RunQuestionsDeps, name: string): string | undefined {
  onPackage(name);
  return files.packages.get(name)?.code();
}

/** Answers the questions of one run, so many of them at the most. */
export function createRunQuestions(deps: RunQuestionsDeps): AnswerQuestion {
  const { own, waits } = deps;
  let asked = 0;
  return (question, args) => {
    asked += 1;
    if (asked > LIMITS.questions) throw new QuotaExceeded('The script asked the host too often');
    if (question === 'package') return bringPackage(deps, String(args[0]));
    const find = own.get(question) ?? QUESTIONS.get(question);
    if (find === undefined) throw new TypeError('There is no such question');
    const over = HASHES.has(question) ? waits.hash.begin() : undefined;
    try {
      return find(args);
    } finally {
      over?.();
    }
  };
}
