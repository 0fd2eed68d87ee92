import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DIST = new URL('../dist/', import.meta.url);

/** One text of declarations, `pg.d.ts` for example. The texts need each other; `contract.d.ts` alone needs none. */
export type Declarations = { readonly name: string; readonly text: string };

const built = (): readonly string[] => {
  try {
    return readdirSync(DIST).filter((name) => name.endsWith('.d.ts'));
  } catch {
    throw new Error(`${fileURLToPath(DIST)} is not there: run node libs/script-types/build/main.ts`);
  }
};

/**
 * Everything that a script sees, as TypeScript declares it: arguments and answers, `env`, the classes of errors, the globals,
 * and each module that may be required at its version. By name, in order. Throws when they were not built.
 */
export const scriptDeclarations = (): readonly Declarations[] =>
  built()
    .toSorted()
    .map((name) => ({ name, text: readFileSync(new URL(name, DIST), 'utf8') }));

/** The same as one text. */
export const scriptDeclarationsText = (): string =>
  scriptDeclarations()
    .map(({ name, text }) => `// ${name}\n${text}`)
    .join('\n');
