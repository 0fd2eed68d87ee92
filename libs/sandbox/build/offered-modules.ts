/** What scripts may require, with versions: told by the base itself, the packages' own files and this Node. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { OFFERED_PACKAGES, PACKAGES } from './packages.ts';
import { DRAFT_GUEST, PACKAGE_ROOT } from './paths.ts';

type OfferedModule = { readonly name: string; readonly version: string };
type Guest = { readonly coreModuleNames: () => readonly string[] };

/** The package that lies in a bundle: a stand-in of ours before a package has that package's name. */
function packageOf(name: string): string {
  const target = PACKAGES[name] ?? name;
  const path = target.startsWith('.') ? name : target;
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

function versionOf(name: string): string {
  const folders = createRequire(join(PACKAGE_ROOT, 'package.json')).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      const text = readFileSync(join(folder, packageOf(name), 'package.json'), 'utf8');
      return (JSON.parse(text) as OfferedModule).version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`${name} is not installed`);
}

/** Writes the list beside the bundles; to be called when the base has been bundled. */
export function writeOfferedModules(): void {
  const base = readFileSync(join(DRAFT_GUEST, 'base.js'), 'latin1');
  const core = (runInNewContext(base) as Guest).coreModuleNames();
  const modules: OfferedModule[] = [
    ...Array.from(core, (name) => ({ name, version: process.versions.node })),
    ...['bcrypt', ...OFFERED_PACKAGES].map((name) => ({ name, version: versionOf(name) })),
  ];
  modules.sort((one, other) => (one.name < other.name ? -1 : 1));
  writeFileSync(join(DRAFT_GUEST, 'modules.json'), `${JSON.stringify(modules, null, 2)}\n`);
}
