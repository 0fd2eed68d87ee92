/**
 * V8 makes a function old at birth that is written where it is assigned to a property (`query.callback = () => …`): it takes it
 * for a method. What drivers make so for each query holds the run that made it until a full collection. Behind a comma it is
 * a value like any other. Source: V8, `ParserBase::CheckAssigningFunctionLiteralToProperty`.
 */
import { type AnyNode, parse } from 'acorn';

type Cut = { readonly at: number; readonly text: string };

const isNode = (value: unknown): value is AnyNode => typeof (value as AnyNode | null)?.type === 'string';

const isFunction = ({ type }: AnyNode): boolean => type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

function* partsOf(node: AnyNode): Generator<AnyNode> {
  for (const part of Object.values(node)) {
    if (Array.isArray(part)) yield* part.filter(isNode);
    else if (isNode(part)) yield part;
  }
}

function* cutsIn(node: AnyNode): Generator<Cut> {
  for (const part of partsOf(node)) yield* cutsIn(part);
  if (node.type !== 'AssignmentExpression' || node.operator !== '=' || node.left.type !== 'MemberExpression') return;
  if (!isFunction(node.right)) return;
  yield { at: node.right.start, text: '(0,' };
  yield { at: node.right.end, text: ')' };
}

/** The same program, none of whose functions is assigned to a property where it is written. */
export function keepFunctionsYoung(code: string): string {
  const cuts = [...cutsIn(parse(code, { ecmaVersion: 'latest' }))].sort((one, other) => one.at - other.at);
  let done = 0;
  const parts: string[] = [];
  for (const { at, text } of cuts) {
    parts.push(code.slice(done, at), text);
    done = at;
  }
  return parts.join('') + code.slice(done);
}
