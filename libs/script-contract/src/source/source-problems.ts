import type { ScriptAction } from '../actions.ts';
import { callbackProblems } from './callback-problems.ts';
import { importProblems } from './import-problems.ts';
import { type PlacedProblem, surplusProblems } from './surplus-problems.ts';
import { unawaitedProblems } from './unawaited-problems.ts';

export type { PlacedProblem };

/** What is wrong with a script although it can be run: saving refuses it, and editors and the workbench tell it. */
export const sourceProblems = (source: string, action: ScriptAction): readonly PlacedProblem[] => [
  ...surplusProblems(source, action),
  ...callbackProblems(source, action),
  ...unawaitedProblems(source),
  ...importProblems(source),
];
