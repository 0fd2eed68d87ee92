import { isNode, placeOf, requiredName, type SourceNode, sourceNodes } from './source-nodes.ts';
import type { PlacedProblem } from './surplus-problems.ts';

/**
 * That a condition is a promise which nobody awaits: `if (!bcrypt.compare(password, hash)) throw …` lets everybody in. Found
 * are calls of bcrypt's `compare` and of functions that the script itself declares as async.
 */
export const unawaitedProblems = (source: string): readonly PlacedProblem[] => {
  const nodes = sourceNodes(source);
  const promised = promisedIn(nodes);
  return nodes
    .flatMap(conditionOf)
    .flatMap(operandsOf)
    .flatMap((node) => {
      const name = calledName(node);
      if (name === undefined || !promised.has(name)) return [];
      const message = `${name} gives a promise, which counts as true whatever comes of it: write await before it`;
      return [{ message, ...placeOf(node) }];
    });
};

const TESTING = new Set(['IfStatement', 'ConditionalExpression', 'WhileStatement']);

const conditionOf = ({ type, test, operator, argument }: SourceNode): readonly SourceNode[] => {
  const condition = type === 'UnaryExpression' && operator === '!' ? argument : TESTING.has(type) ? test : undefined;
  return isNode(condition) ? [condition] : [];
};

/** No recursion: a condition may be as long as its source. */
const operandsOf = (condition: SourceNode): readonly SourceNode[] => {
  const [operands, left]: [SourceNode[], SourceNode[]] = [[], [condition]];
  for (let node = left.pop(); node !== undefined; node = left.pop())
    if (node.type === 'LogicalExpression') left.push(...[node.right, node.left].filter(isNode));
    else operands.push(node);
  return operands;
};

/** `verify`, `bcrypt.compare`; a third argument of that is a callback. */
const calledName = ({ type, callee, arguments: args }: SourceNode): string | undefined => {
  if (type !== 'CallExpression' || !isNode(callee)) return undefined;
  if (callee.type === 'Identifier') return String(callee.name);
  const { object, property, computed } = callee;
  if (computed !== false || !isNode(object) || !isNode(property) || (args as readonly unknown[]).length > 2)
    return undefined;
  return object.type === 'Identifier' ? `${object.name}.${property.name}` : undefined;
};

/** A name that is declared several times is none that anything is known of. */
const promisedIn = (nodes: readonly SourceNode[]): ReadonlySet<string> => {
  const declared = Map.groupBy(nodes.flatMap(declarationsIn), ({ name }) => name);
  return new Set([...declared].flatMap(([name, all]) => (all.every(({ promised }) => promised) ? [name] : [])));
};

type Declaration = { readonly name: string; readonly promised: boolean };

const nameOf = (id: unknown): string => (isNode(id) && id.type === 'Identifier' ? String(id.name) : '');

const declarationsIn = ({ type, id, init, async, params }: SourceNode): readonly Declaration[] => {
  const parameters = (Array.isArray(params) ? params : []).map((param) => ({ name: nameOf(param), promised: false }));
  if (type === 'FunctionDeclaration') return [{ name: nameOf(id), promised: async === true }, ...parameters];
  if (type !== 'VariableDeclarator') return parameters;
  if (isNode(init) && requiredName(init) === 'bcrypt') return [{ name: `${nameOf(id)}.compare`, promised: true }];
  return [{ name: nameOf(id), promised: isNode(init) && isFunction(init) && init.async === true }];
};

const isFunction = ({ type }: SourceNode): boolean =>
  type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
