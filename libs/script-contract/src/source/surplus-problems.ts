import { ACTIONS, type ScriptAction } from '../actions.ts';
import { surplusParameters } from './declared-parameters.ts';

export type PlacedProblem = { readonly message: string; readonly line: number; readonly column: number };

/** That a script's function declares parameters which it is never given; one problem for all of them. */
export const surplusProblems = (source: string, action: ScriptAction): readonly PlacedProblem[] => {
  const surplus = surplusParameters(source, action);
  if (surplus[0] === undefined) return [];
  const { line, column } = surplus[0];
  const names = surplus.map(({ name }) => name).join(', ');
  const message = `${action} is called with (${ACTIONS[action].parameters.join(', ')}) and nothing more: take out ${names}`;
  return [{ message, line, column }];
};
