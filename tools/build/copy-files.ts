import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { READ_BESIDE, READ_BY_PACKAGES } from './apps.ts';
import { FILES, resolvedFiles } from './outside-files.ts';
import { packageOf, ROOT, SANDBOX_DIST } from './paths.ts';

/** Names of all files below a folder, in order. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

export const copyTo = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
};

const copyFolder = (from: string, to: string): void => {
  for (const file of filesBelow(from)) copyTo(join(from, file), join(to, file));
};

/** Puts what the bundled code reads at run time under `files/`, as the plugin has told it. */
export const copyReadFiles = (inputs: readonly string[], folder: string): void => {
  const packages = new Map(inputs.flatMap((path) => packageOf(path) ?? []).map(({ name, folder: at }) => [name, at]));
  for (const [name, parts] of Object.entries(READ_BY_PACKAGES)) {
    const at = packages.get(name);
    for (const part of at === undefined ? [] : parts)
      copyFolder(join(ROOT, `${at}/${part}`), join(folder, FILES, name, part));
  }
  for (const [name, file] of resolvedFiles(inputs)) {
    if (existsSync(join(ROOT, file))) copyTo(join(ROOT, file), join(folder, FILES, name));
    for (const beside of READ_BESIDE[name] ?? [])
      copyFolder(join(ROOT, dirname(file), beside), join(folder, FILES, dirname(name), beside));
  }
};

/** Puts the sandbox's runtime where script-runner looks for it. */
export const copySandbox = (folder: string): void =>
  copyFolder(join(SANDBOX_DIST, 'runtime'), join(folder, FILES, '@userferry/sandbox/runtime'));
