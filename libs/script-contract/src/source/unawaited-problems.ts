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

/** A name that is given several times is none that anything is known of. */
const promisedIn = (nodes: readonly SourceNode[]): ReadonlySet<string> => {
  const given = Map.groupBy(nodes.flatMap(givenBy), ({ name }) => name);
  return new Set(
    [...given.values()].flatMap((all) => (all.every(({ promise }) => promise) ? [all[0]?.promise ?? ''] : [])),
  );
};

/** A name in a source; what of it gives a promise where it is called, if that is known. */
type Given = { readonly name: string; readonly promise?: string };

const nameOf = (id: unknown): string => (isNode(id) && id.type === 'Identifier' ? String(id.name) : '');

const givenBy = ({ type, id, init, async, params, param, left }: SourceNode): readonly Given[] => {
  const patterns = [
    ...(Array.isArray(params) ? params : []),
    param,
    type === 'AssignmentExpression' ? left : undefined,
  ];
  const unknown = patterns.flatMap(namesIn);
  const name = nameOf(id);
  if (type === 'FunctionDeclaration') return [async === true ? { name, promise: name } : { name }, ...unknown];
  if (type !== 'VariableDeclarator') return unknown;
  if (name === '' || !isNode(init)) return namesIn(id);
  if (requiredName(init) === 'bcrypt') return [{ name, promise: `${name}.compare` }];
  return [isFunction(init) && init.async === true ? { name, promise: name } : { name }];
};

/** What a pattern is made of, without what stands in it for a value that is not there. */
const partsOf = ({ type, properties, elements, value, argument, left }: SourceNode): readonly unknown[] => {
  if (type === 'ObjectPattern') return properties as readonly unknown[];
  if (type === 'ArrayPattern') return elements as readonly unknown[];
  return [
    type === 'Property' ? value : type === 'RestElement' ? argument : type === 'AssignmentPattern' ? left : undefined,
  ];
};

/** The names that `verify`, `{ verify }` or `[verify = check]` gives something to. */
const namesIn = (pattern: unknown): readonly Given[] => {
  const [found, left]: [Given[], SourceNode[]] = [[], [pattern].filter(isNode)];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (node.type === 'Identifier') found.push({ name: nameOf(node) });
    left.push(...partsOf(node).filter(isNode));
  }
  return found;
};

const isFunction = ({ type }: SourceNode): boolean =>
  type === 'FunctionExpression' || type === 'ArrowFunctionExpression';
