import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const SANDBOX_DIST = join(ROOT, 'libs/sandbox/dist');

/** A path as it is written everywhere in a built folder: from the root of the repository, with `/`. */
export const fromRoot = (path: string): string => relative(ROOT, path).split(sep).join('/');

const PACKAGE_FOLDER = /^(.*\/)?node_modules\/(@[^/]+\/[^/]+|[^/@][^/]*)/;

/** The package that a file (from the root) belongs to: its folder from the root, and its name; `undefined` for ours. */
export const packageOf = (path: string): { readonly folder: string; readonly name: string } | undefined => {
  const [folder, , name] = PACKAGE_FOLDER.exec(path) ?? [];
  return folder === undefined || name === undefined ? undefined : { folder, name };
};

/** Where a package lies for whoever asks from a folder, as Node looks for it. */
export const findPackage = (name: string, from: string): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
    if (folder === dirname(folder)) throw new Error(`${name} is not installed`);
  }
};
