import { type Node, type Program, parse } from 'acorn';

/** A node of a source's syntax tree, whatever it is. */
export type SourceNode = Node & Readonly<Record<string, unknown>>;

export const isNode = (value: unknown): value is SourceNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** A script's syntax tree; none of a source that this parser cannot read, which the runner's check judges. */
export const programOf = (source: string): Program | undefined => {
  try {
    return parse(source, { ecmaVersion: 'latest', allowReturnOutsideFunction: true, locations: true });
  } catch {
    return undefined;
  }
};

/** All nodes of a script, as they stand in it; none of a source that this parser cannot read. */
export const sourceNodes = (source: string): readonly SourceNode[] => {
  const program = programOf(source);
  return program === undefined ? [] : nodesIn(program);
};

/** No recursion: a source may nest as deep as it is long. */
const nodesIn = (root: Node): readonly SourceNode[] => {
  const found: SourceNode[] = [];
  const left = [root as SourceNode];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    found.push(node);
    const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
    // One by one: as arguments of a call, the statements of a long source take more than the stack has.
    for (const child of children.filter(isNode).reverse()) left.push(child);
  }
  return found;
};

/** Where a node begins, both from 1. */
export const placeOf = ({ loc }: Node): { readonly line: number; readonly column: number } => ({
  line: loc?.start.line ?? 1,
  column: (loc?.start.column ?? 0) + 1,
});

/** The name that a call of `require` with a text is for. */
export const requiredName = ({ type, callee, arguments: args }: SourceNode): string | undefined => {
  if (type !== 'CallExpression' || !isNode(callee) || callee.type !== 'Identifier' || callee.name !== 'require')
    return undefined;
  const [first] = args as readonly unknown[];
  return isNode(first) && first.type === 'Literal' && typeof first.value === 'string' ? first.value : undefined;
};
