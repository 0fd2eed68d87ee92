/** The files of the runtime folder that go into isolates. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ivm from 'isolated-vm';

/**
 * One script for isolates. Read for each isolate that it goes into: kept, the base and a driver would be 2 MB of every host, and
 * reading them takes a millisecond or two of the thirty and more that making an isolate takes.
 */
export type Bundle = {
  readonly name: string;
  readonly path: string;
  code(): string;
  /** V8's code cache of it where there is one, for who asks to release. */
  cache(): ivm.ExternalCopy<ArrayBuffer> | undefined;
};

export type RuntimeFiles = {
  readonly base: Bundle;
  /** By the name that scripts require; several modules may lie in one bundle. */
  readonly packages: ReadonlyMap<string, Bundle>;
};

function readCache(path: string): ivm.ExternalCopy<ArrayBuffer> | undefined {
  if (!existsSync(path)) return undefined;
  return new ivm.ExternalCopy(new Uint8Array(readFileSync(path)).buffer);
}

const bundleAt = (path: string): Bundle => ({
  name: basename(path, '.js').replaceAll('__', '/'),
  path,
  code: () => readFileSync(path, 'latin1'),
  cache: () => readCache(`${path}.cache`),
});

/** Finds what is in the folder; `root` is where `isolate-host.cjs` lies. */
export function loadRuntimeFiles(root: string): RuntimeFiles {
  const guest = join(root, 'guest');
  const bundleNames = JSON.parse(readFileSync(join(guest, 'packages.json'), 'utf8')) as Record<string, string>;
  const bundles = new Map<string, Bundle>();
  for (const name of new Set(Object.values(bundleNames))) {
    bundles.set(name, bundleAt(join(guest, 'packages', `${name.replaceAll('/', '__')}.js`)));
  }
  const packages = Object.entries(bundleNames).map(([name, bundle]) => [name, bundles.get(bundle) as Bundle] as const);
  return { base: bundleAt(join(guest, 'base.js')), packages: new Map(packages) };
}
