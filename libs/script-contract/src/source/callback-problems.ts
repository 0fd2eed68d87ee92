import { ACTIONS, type ScriptAction } from '../actions.ts';
import { givenParameters } from './declared-parameters.ts';
import { isNode, type SourceNode, sourceNodes } from './source-nodes.ts';
import type { PlacedProblem } from './surplus-problems.ts';

const CALLBACK = /^(?:callback|cb|done|next)$/i;
const WRAPPER = 'scripts of Auth0 need the wrapper of docs/moving-from-genauth.md';

/**
 * That a script answers by a callback, which it is never given: a script of Auth0 declares as many parameters as `login`
 * has, and in the callback's place stands the context.
 */
export const callbackProblems = (source: string, action: ScriptAction): readonly PlacedProblem[] => {
  const callback = givenParameters(source, action).find(({ name }) => CALLBACK.test(name));
  if (callback === undefined || !sourceNodes(source).some(isUseOf(callback.name))) return [];
  const { name, line, column } = callback;
  const called = `${action} is called with (${ACTIONS[action].parameters.join(', ')}) and without ${name}`;
  return [{ message: `${called}: it answers by return and throw; ${WRAPPER}`, line, column }];
};

/** `callback(…)`, and `compare(…, callback)`. */
const isUseOf =
  (name: string) =>
  ({ type, callee, arguments: args }: SourceNode): boolean =>
    type === 'CallExpression' &&
    [callee, ...(args as readonly unknown[])].some((node) => isNode(node) && isNamed(node, name));

const isNamed = (node: SourceNode, name: string): boolean => node.type === 'Identifier' && node.name === name;
