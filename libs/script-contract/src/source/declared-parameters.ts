import type { AnyNode, Pattern, Program } from 'acorn';
import { ACTIONS, type ScriptAction } from '../actions.ts';
import { placeOf, programOf } from './source-nodes.ts';

/** A parameter of a script's function, at its place. */
export type DeclaredParameter = { readonly name: string; readonly line: number; readonly column: number };

/**
 * The parameters that a script's function declares beyond those that its action has: they would always be undefined. One
 * with a default and a rest parameter are the author's own affair. Empty for a source that this parser cannot read,
 * which the runner's check judges.
 */
export const surplusParameters = (source: string, action: ScriptAction): readonly DeclaredParameter[] => {
  const params = functionOf(programOf(source), action) ?? [];
  return params
    .slice(ACTIONS[action].parameters.length)
    .filter(({ type }) => type !== 'AssignmentPattern' && type !== 'RestElement')
    .map(toDeclared);
};

/** The parameters that a script's function declares and that are given to it, by the names that they have there. */
export const givenParameters = (source: string, action: ScriptAction): readonly DeclaredParameter[] =>
  (functionOf(programOf(source), action) ?? []).slice(0, ACTIONS[action].parameters.length).map(toDeclared);

const toDeclared = (param: Pattern): DeclaredParameter => ({
  name: param.type === 'Identifier' ? param.name : 'a pattern',
  ...placeOf(param),
});

/** As the sandbox resolves it: what is assigned to the exports wins over a declaration, and the last one counts. */
const functionOf = (program: Program | undefined, action: ScriptAction): readonly Pattern[] | undefined =>
  program?.body.flatMap((node) => paramsIn(node, action)).at(-1);

const paramsIn = (node: AnyNode, action: ScriptAction): (readonly Pattern[])[] => {
  switch (node.type) {
    case 'FunctionDeclaration':
      return node.id?.name === action ? [node.params] : [];
    case 'VariableDeclaration':
      return node.declarations.flatMap(({ id, init }) =>
        id.type === 'Identifier' && id.name === action ? paramsOf(init) : [],
      );
    case 'ExpressionStatement':
      return node.expression.type === 'AssignmentExpression' && isExport(node.expression.left, action)
        ? paramsOf(node.expression.right)
        : [];
    default:
      return [];
  }
};

const paramsOf = (value: AnyNode | null | undefined): (readonly Pattern[])[] =>
  value?.type === 'FunctionExpression' || value?.type === 'ArrowFunctionExpression' ? [value.params] : [];

const nameOf = (node: AnyNode): string => (node.type === 'Identifier' ? node.name : '');

/** `module.exports`, `exports.login`, `module.exports.login`. */
const isExport = (left: AnyNode, action: ScriptAction): boolean => {
  if (left.type !== 'MemberExpression' || left.computed) return false;
  const property = nameOf(left.property);
  if (nameOf(left.object) === 'module' && property === 'exports') return true;
  if (property !== action) return false;
  return nameOf(left.object) === 'exports' || isExport(left.object, action);
};
