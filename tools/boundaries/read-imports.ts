/** One import: what it names, and where. */
export type Import = { specifier: string; line: number };

// `import … from 'x'`, `import 'x'`, `export … from 'x'`, with or without `type`, over one line or several
const STATEMENT = /(?:^|[;}])[ \t]*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm;
// `import('x')`, also as a type, `require('x')`, `require.resolve('x')`, `import.meta.resolve('x')`, `import a = require('x')`
const CALL = /\b(?:import|require|resolve)\s*\(\s*(?:\/\*.*?\*\/\s*)*(['"`])([^'"`\n]+)\1/g;
const COMMENT_LINE = /^\s*(?:\/\/|\/?\*)/;
const ENVIRONMENT =
  /(?<!['"`\w])process\s*(?:\?\.|\.)\s*env\b|\bprocess\s*\[\s*['"`]env|\benv\b[^;=]*\}\s*=\s*process\b|\{[^}]*\benv\b[^}]*\}\s*from\s*['"](?:node:)?process['"]/g;

/** Every module that a source text names in a literal. */
export function readImports(text: string): Import[] {
  return [STATEMENT, CALL].flatMap((pattern) =>
    [...text.matchAll(pattern)]
      .filter((match) => !isInComment(text, match.index + match[0].length - 1))
      .map((match) => ({ specifier: match[2] ?? '', line: lineAt(text, match.index + match[0].length) })),
  );
}

/** The lines on which a source text reads the process's environment. */
export function readEnvironmentUses(text: string): number[] {
  return [...text.matchAll(ENVIRONMENT)]
    .filter((match) => !isInComment(text, match.index))
    .map((match) => lineAt(text, match.index));
}

function isInComment(text: string, index: number): boolean {
  const start = text.lastIndexOf('\n', index - 1) + 1;
  return COMMENT_LINE.test(text.slice(start, index));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
