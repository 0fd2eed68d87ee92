import { codeFrame, placeText } from '../code-frame.ts';
import type { ScriptFile } from '../script-file.ts';

/** A mistake in a script. `hint`: what to do about it. */
export type Problem = {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
};

/** A mistake, told to a person. */
export const tellProblem = (problem: Problem, scripts: readonly ScriptFile[]): string => {
  const source = scripts.find(({ name }) => name === problem.file)?.source ?? '';
  const frame = codeFrame(source, problem);
  return [
    `✗ ${placeText(problem.file, problem)}: ${problem.message}`,
    ...(frame === '' ? [] : [frame]),
    ...(problem.hint === undefined ? [] : [`  ${problem.hint}`]),
  ].join('\n');
};
