import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { NAME_THEIR_FOLDER_IN_VAIN, READ_BY_PACKAGES } from './apps.ts';
import { fromRoot, packageOf, ROOT } from './paths.ts';

/** What is read beside the code lies here in a built folder. */
export const FILES = 'files';
/** Programs that our code starts as threads or processes. */
export const THREADS = 'threads';

/**
 * Stands before every bundled file. What CommonJS packages expect of Node, and where `import.meta.resolve` leads to: a
 * bundle has no node_modules that would know of our own packages.
 */
export const BANNER = [
  "import { createRequire as createRequireHere } from 'node:module';",
  'const require = createRequireHere(import.meta.url);',
  `const filesBeside = import.meta.dirname + '/${FILES}/';`,
  `const resolveBeside = (name) => new URL('${FILES}/' + name, import.meta.url).href;`,
].join('\n');

const mayNameItsFolder = (name: string): boolean =>
  Object.hasOwn(READ_BY_PACKAGES, name) || NAME_THEIR_FOLDER_IN_VAIN.includes(name);

/** A package's own folder becomes the one under `files/`. One that names its folder and that we do not know of is an error. */
const packageText = (path: string): string | undefined => {
  const text = readFileSync(path, 'utf8');
  const from = packageOf(fromRoot(path));
  if (from === undefined || !/\b__dirname\b/.test(text)) return undefined;
  if (!mayNameItsFolder(from.name))
    throw new Error(`${fromRoot(path)} reads files beside it: name them in READ_BY_PACKAGES of tools/build/apps.ts`);
  const folder = join(from.name, fromRoot(dirname(path)).slice(from.folder.length));
  // On the first line, so that no line number changes.
  return `const __dirname = filesBeside + ${JSON.stringify(folder)}; ${text}`;
};

const THREAD_URL = /new URL\('(\.{1,2}\/[^']+)\.ts', import\.meta\.url\)/g;

/** Files of ours that are started as threads or processes: found where they are named, and named anew where they will lie. */
const threadsIn = (path: string, text: string): readonly string[] =>
  [...text.matchAll(THREAD_URL)].map(([, name = '']) => resolve(dirname(path), `${name}.ts`));

/** Makes bundled code find the files that it reads and the threads and processes that it starts; those are added to `threads`. */
export const outsideFiles = (threads: Set<string>): Plugin => ({
  name: 'outside-files',
  setup(build) {
    build.onLoad({ filter: /node_modules\/.*\.c?js$/ }, ({ path }) => {
      const contents = packageText(path);
      return contents === undefined ? undefined : { contents, loader: 'js' };
    });
    build.onLoad({ filter: /\/(apps|libs)\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const found = threadsIn(path, text);
      if (found.length === 0) return undefined;
      for (const thread of found) threads.add(thread);
      const contents = text.replace(
        THREAD_URL,
        (_, name: string) => `new URL('./${THREADS}/${basename(name)}.js', import.meta.url)`,
      );
      return { contents, loader: 'ts' };
    });
  },
});

/** Files of our own packages that code asks for by `import.meta.resolve`: the name asked for → the file, from the root. */
export const resolvedFiles = (inputs: readonly string[]): ReadonlyMap<string, string> => {
  const texts = inputs.filter((path) => path.endsWith('.ts')).map((path) => readFileSync(join(ROOT, path), 'utf8'));
  const names = texts.flatMap((text) =>
    [...text.matchAll(/import\.meta\.resolve\('([^']+)'\)/g)].map(([, name]) => name),
  );
  return new Map(names.map((name = '') => [name, fromRoot(new URL(import.meta.resolve(name)).pathname)] as const));
};
