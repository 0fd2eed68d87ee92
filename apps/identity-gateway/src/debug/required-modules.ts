import { type Node, parse } from 'acorn';

/** A module that a source requires by name, and where it does first. */
export type RequiredModule = { readonly name: string; readonly line: number; readonly column: number };

/**
 * The modules that a source requires by a name that is written there, each once, in order; none of a source that this
 * parser cannot read. What is put together at run time is not seen.
 */
export const requiredModules = (source: string): readonly RequiredModule[] => {
  const found = new Map<string, RequiredModule>();
  try {
    const options = { ecmaVersion: 'latest', allowReturnOutsideFunction: true, locations: true } as const;
    look(parse(source, options), (required) => {
      if (!found.has(required.name)) found.set(required.name, required);
    });
  } catch {
    return [];
  }
  return [...found.values()];
};

type AnyNode = Node & Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** No recursion: a source may nest as deep as it is long. */
const look = (root: Node, onRequired: (required: RequiredModule) => void): void => {
  const left: AnyNode[] = [root as AnyNode];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    const required = requiredBy(node);
    if (required !== undefined) onRequired(required);
    const children = Object.values(node)
      .flatMap((value) => (Array.isArray(value) ? value : [value]))
      .filter(isNode);
    left.push(...children.reverse());
  }
};

const requiredBy = ({ type, callee, arguments: args }: AnyNode): RequiredModule | undefined => {
  if (type !== 'CallExpression' || !isNode(callee) || callee.type !== 'Identifier' || callee.name !== 'require')
    return undefined;
  const [first] = args as readonly unknown[];
  if (!isNode(first) || first.type !== 'Literal' || typeof first.value !== 'string') return undefined;
  const { line = 1, column = 0 } = first.loc?.start ?? {};
  return { name: first.value, line, column: column + 1 };
};
