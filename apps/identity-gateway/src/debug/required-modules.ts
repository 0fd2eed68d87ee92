import { isNode, placeOf, requiredName, sourceNodes } from '@userferry/script-contract/source-nodes';

/** A module that a source requires by name, and where it does first. */
export type RequiredModule = { readonly name: string; readonly line: number; readonly column: number };

/**
 * The modules that a source requires by a name that is written there, each once, in order; none of a source that this
 * parser cannot read. What is put together at run time is not seen.
 */
export const requiredModules = (source: string): readonly RequiredModule[] => {
  const found = new Map<string, RequiredModule>();
  for (const node of sourceNodes(source)) {
    const name = requiredName(node);
    const [written] = name === undefined ? [] : (node.arguments as readonly unknown[]);
    if (name !== undefined && isNode(written) && !found.has(name)) found.set(name, { name, ...placeOf(written) });
  }
  return [...found.values()];
};
