import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** Of the language itself, what the runtime of scripts has: nothing of a browser. */
const FIRST_LIBS = ['es2024', 'esnext.disposable', 'es2025.iterator', 'es2025.float16'];

const REFERENCE = /^\/\/\/ <reference lib="([^"]+)" \/>/gm;

/** TypeScript's own declarations, and those that they refer to, by file name. */
const typescriptLibs = (): Readonly<Record<string, string>> => {
  const folder = dirname(fileURLToPath(import.meta.resolve('typescript-6')));
  const texts: Record<string, string> = {};
  const add = (name: string): void => {
    const file = `lib.${name}.d.ts`;
    if (file in texts) return;
    const text = readFileSync(join(folder, file), 'utf8');
    texts[file] = text;
    for (const [, other = ''] of text.matchAll(REFERENCE)) add(other);
  };
  FIRST_LIBS.forEach(add);
  return texts;
};

/** What scripts find: arguments, results, `env`, error classes, and every module that they may require. */
const scriptTypes = (): Readonly<Record<string, string>> => {
  const folder = join(import.meta.dirname, '../../../libs/script-types/dist');
  if (!existsSync(folder))
    throw new Error(`${folder} is not there: run node libs/script-types/build/main.ts, then build the console`);
  const names = readdirSync(folder).filter((name) => name.endsWith('.d.ts'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
};

const TEXTS: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  'virtual:typescript-libs': typescriptLibs,
  'virtual:script-types': scriptTypes,
};

/** Brings both into the bundle of the language service's thread. */
export const languageTexts = (): Plugin => ({
  name: 'userferry-language-texts',
  resolveId: (id) => (id in TEXTS ? `\0${id}` : undefined),
  load: (id) => {
    const texts = TEXTS[id.slice(1)];
    return id.startsWith('\0') && texts ? `export default ${JSON.stringify(texts())};` : undefined;
  },
});
