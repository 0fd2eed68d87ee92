import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A workspace: its folder from the root (`libs/errors`), its package name and its source files, from the root too. */
export type Workspace = { folder: string; name: string; files: string[] };

const SOURCE = /\.(ts|mts|cts|js|mjs|cjs|tsx|jsx)$/;
const LEFT_OUT = new Set(['node_modules', 'dist', 'coverage']);

/** All workspaces under `root`. */
export function findWorkspaces(root: string): Workspace[] {
  const folders = ['apps', 'libs'].flatMap((parent) => subfolders(root, parent));
  return [...folders, 'e2e', 'tools']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, name: nameOf(join(root, folder)), files: sourceFiles(root, folder) }));
}

function subfolders(root: string, parent: string): string[] {
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
}

function nameOf(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name;
}

function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => !LEFT_OUT.has(name))
    .map((name) => `${folder}/${name}`)
    .flatMap((path) => {
      if (statSync(join(root, path)).isDirectory()) return sourceFiles(root, path);
      return SOURCE.test(path) ? [path] : [];
    });
}
