/**
 * V8 makes a function old at birth that is written where it is assigned to a property (`query.callback = () => …`): it takes it
 * for a method. What drivers make so for each query holds the run that made it until a full collection. Behind a comma it is
 * a value like any other. Source: V8, `ParserBase::CheckAssigningFunctionLiteralToProperty`.
 */
import type { AnyNode } from 'acorn';
import { around, type Cut, cut } from './cuts.ts';

const isFunction = ({ type }: AnyNode): boolean => type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

export function youngFunctions(node: AnyNode): readonly Cut[] {
  if (node.type !== 'AssignmentExpression' || node.operator !== '=' || node.left.type !== 'MemberExpression') return [];
  return isFunction(node.right) ? around(node.right, '(0,', ')') : [];
}

/** The same program, none of whose functions is assigned to a property where it is written. */
export const keepFunctionsYoung = (code: string): string => cut(code, youngFunctions);
