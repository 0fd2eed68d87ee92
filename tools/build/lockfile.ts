import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { findPackage, fromRoot, ROOT } from './paths.ts';

const lockfile = z.object({
  lockfileVersion: z.number(),
  packages: z.record(
    z.string(),
    z.looseObject({ version: z.string().optional(), dependencies: z.record(z.string(), z.string()).optional() }),
  ),
});

export type LockedPackages = z.infer<typeof lockfile>['packages'];

const rootLock = () => lockfile.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));

/** The packages of these names and all that they depend on: where each lies from the root, and what the lockfile says of it. */
export const lockedPackages = (names: readonly string[], from: string): LockedPackages => {
  const { packages } = rootLock();
  const found: LockedPackages = {};
  const visit = (name: string, asker: string): void => {
    const place = fromRoot(findPackage(name, asker));
    const entry = packages[place];
    if (entry === undefined) throw new Error(`${name} is installed at ${place} and not in the lockfile`);
    if (Object.hasOwn(found, place)) return;
    found[place] = entry;
    for (const dependency of Object.keys(entry.dependencies ?? {})) visit(dependency, join(ROOT, place));
  };
  for (const name of names) visit(name, from);
  return found;
};

/** What `package.json` of a built folder says. */
export type AppManifest = {
  readonly name: string;
  readonly version: string;
  readonly private: true;
  readonly type: 'module';
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

/** `package-lock.json` of a built folder: the root's entries for what stayed a package, so the very same bytes. */
export const appLockfile = (manifest: AppManifest, locked: LockedPackages): object => {
  const { name, version } = manifest;
  const packages = Object.fromEntries(
    Object.entries(locked)
      .map(([place, entry]) => [place.replace(/^.*?(?=node_modules\/)/, ''), entry] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return { name, version, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
};
