import { isNode, placeOf, type SourceNode, sourceNodes } from './source-nodes.ts';
import type { PlacedProblem } from './surplus-problems.ts';

/** That a script calls `import()`, which loads nothing in the sandbox: each login would break where it comes to it. */
export const importProblems = (source: string): readonly PlacedProblem[] =>
  sourceNodes(source)
    .filter(({ type }) => type === 'ImportExpression')
    .map((node) => ({
      message: `import() loads nothing here: take require(${writtenName(node)}), as in scripts in CommonJS`,
      ...placeOf(node),
    }));

/** The module's name as it stands in the script; nothing where it is put together. */
const writtenName = ({ source: name }: SourceNode): string =>
  isNode(name) && name.type === 'Literal' && typeof name.value === 'string' ? `'${name.value}'` : '';
