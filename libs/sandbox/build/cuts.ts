/** Changes a program's text where its syntax says. */
import { type AnyNode, parse } from 'acorn';

/** A text that is put in. */
export type Cut = { readonly at: number; readonly text: string };

const isNode = (value: unknown): value is AnyNode => typeof (value as AnyNode | null)?.type === 'string';

function* partsOf(node: AnyNode): Generator<AnyNode> {
  for (const part of Object.values(node)) {
    if (Array.isArray(part)) yield* part.filter(isNode);
    else if (isNode(part)) yield part;
  }
}

function* cutsIn(node: AnyNode, cutsAt: (node: AnyNode) => readonly Cut[]): Generator<Cut> {
  for (const part of partsOf(node)) yield* cutsIn(part, cutsAt);
  yield* cutsAt(node);
}

/** Puts an expression between two texts. */
export const around = ({ start, end }: AnyNode, before: string, after: string): readonly Cut[] => [
  { at: start, text: before },
  { at: end, text: after },
];

/** The same program with what `cutsAt` puts into each node of it. */
export function cut(code: string, cutsAt: (node: AnyNode) => readonly Cut[]): string {
  const cuts = [...cutsIn(parse(code, { ecmaVersion: 'latest' }), cutsAt)].sort((one, other) => one.at - other.at);
  let done = 0;
  const parts: string[] = [];
  for (const { at, text } of cuts) {
    parts.push(code.slice(done, at), text);
    done = at;
  }
  return parts.join('') + code.slice(done);
}
