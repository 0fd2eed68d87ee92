/** Gathers the types of everything that scripts may require into texts that stand alone. */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript-6';
import { ambientText, moduleText } from './ambient-text.ts';
import { functionsOfLodash } from './functions-of-lodash.ts';
import { nodeEntry, packageEntries } from './type-entries.ts';

type GuestValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

const ROOT = join(import.meta.dirname, '..');
export const guestValues: GuestValues = JSON.parse(readFileSync(join(ROOT, 'src/guest-values.json'), 'utf8'));

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.Node20,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2024,
  types: [],
};

/** Types of Node's modules that scripts may not require: others refer to them. */
const HIDDEN = 'not-for-scripts:';
const isOffered = (name: string): boolean => Object.hasOwn(guestValues, name);
const bare = (specifier: string): string => specifier.replace(/^node:/, '');

const nodeName = (specifier: string): string => (isOffered(bare(specifier)) ? specifier : `${HIDDEN}${specifier}`);

/** What `declarations/` and the list of modules declare. */
const OURS = new Set(['require', 'module', 'exports', 'env']);

/** A value stays where a script finds it; of what is not offered all stays, since nobody can reach it. */
const keeps = (module: string, name: string): boolean => {
  if (module === 'globalThis' && OURS.has(name)) return false;
  const values = guestValues[bare(module)];
  return values === undefined || (Object.hasOwn(values, name) && values[name] !== 'unavailable');
};

const fileName = (module: string): string => module.replace(/[/@]/g, '-');

/** Names for the files of a package: the offered ones, and one of its own for each other. */
const createNames = (entries: ReadonlyMap<string, string>) => {
  const names = new Map([...entries].map(([module, file]) => [file, module]));
  return (file: string): string => {
    const known = names.get(file);
    if (known !== undefined) return known;
    const path = file.slice(file.lastIndexOf('/node_modules/') + '/node_modules/'.length);
    const plain = `${HIDDEN}${path.replace(/\.d\.[cm]?ts$/, '')}`;
    // Two versions of one package may both be there.
    const name = [...names.values()].includes(plain) ? `${plain}#${names.size}` : plain;
    names.set(file, name);
    return name;
  };
};

const isOfNode = (file: string): boolean => file.includes('/@types/node/');
const isLib = (file: string): boolean => /\/typescript-6\/lib\//.test(file);

/** Where a package on npm has the name of a module of Node, that of Node is meant. */
const createHost = (): ts.CompilerHost => {
  const host = ts.createCompilerHost(OPTIONS);
  host.resolveModuleNameLiterals = (literals, file) =>
    literals.map(({ text }) =>
      isBuiltin(text) ? { resolvedModule: undefined } : ts.resolveModuleName(text, file, OPTIONS, host),
    );
  return host;
};

/** The texts by file name: `node.d.ts`, and one for each package. */
export const declarationTexts = (): ReadonlyMap<string, string> => {
  const entries = packageEntries();
  const nameOf = createNames(entries);
  const host = createHost();
  const renameIn =
    (file: string) =>
    (specifier: string): string => {
      if (isBuiltin(specifier) || specifier.startsWith('node:')) return nodeName(specifier);
      const resolved = ts.resolveModuleName(specifier, file, OPTIONS, host).resolvedModule?.resolvedFileName;
      return resolved === undefined || isOfNode(resolved) ? specifier : nameOf(resolved);
    };
  const textsOf = (roots: readonly string[], belongs: (file: string) => boolean): string => {
    const program = ts.createProgram([...roots], OPTIONS, host);
    const files = program.getSourceFiles().filter(({ fileName: file }) => !isLib(file) && belongs(file));
    return files
      .map((file) => {
        const options = { rename: renameIn(file.fileName), keeps };
        return ts.isExternalModule(file)
          ? moduleText(file, nameOf(file.fileName), options)
          : ambientText(file, options);
      })
      .join('');
  };
  const texts = new Map<string, string>();
  texts.set(
    'node.d.ts',
    textsOf([nodeEntry()], () => true),
  );
  const done = new Set<string>();
  const takeOnce = (file: string): boolean => {
    if (isOfNode(file) || file.includes('/undici-types/') || done.has(file)) return false;
    done.add(file);
    return true;
  };
  for (const [module, file] of entries) {
    const text = textsOf([file], takeOnce);
    if (text !== '') texts.set(`${fileName(module)}.d.ts`, adapted(module, text));
  }
  for (const name of ['contract', 'mongodb-3.6-options'])
    texts.set(`${name}.d.ts`, readFileSync(join(ROOT, `declarations/${name}.d.ts`), 'utf8'));
  texts.set('require.d.ts', requireText());
  return texts;
};

/**
 * In mysql2's own types a query whose rows have no stated type gives a union of everything that a query may give, of which
 * JavaScript can take nothing apart: here it gives `any`.
 */
const adapted = (module: string, text: string): string =>
  module.startsWith('mysql2') ? text.replace(/<T extends QueryResult>/g, '<T extends QueryResult = any>') : text;

/** `require` by name, for TypeScript; JavaScript's own reading of it comes to the same. */
const requireText = (): string => {
  const names = Object.keys(guestValues).filter((name) => name !== 'globalThis');
  const untyped = names.filter((name) => name === 'mongodb@3');
  const core = names.filter((name) => !/^(axios|bcrypt|lodash|mongodb|mssql|mysql2|pg)\b/.test(name));
  const lines = [...names, ...core.map((name) => `node:${name}`)].map(
    (name) => `  ${JSON.stringify(name)}: typeof import(${JSON.stringify(name)});`,
  );
  return [
    ...untyped.map((name) => `/** No types are to be had for it. */\ndeclare module ${JSON.stringify(name)};`),
    functionsOfLodash(guestValues.lodash ?? {}),
    '/** Everything that a script may require. */',
    'interface OfferedModules extends FunctionsOfLodash {',
    ...lines,
    '}',
    'declare function require<Name extends keyof OfferedModules>(name: Name): OfferedModules[Name];',
    '',
  ].join('\n');
};
