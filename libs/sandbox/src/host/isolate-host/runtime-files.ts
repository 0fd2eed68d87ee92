/** The files of the runtime folder that go into isolates. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ivm from 'isolated-vm';

/** One script for isolates, with V8's code cache of it where there is one. */
export type Bundle = {
  readonly name: string;
  readonly path: string;
  code(): string;
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

/** A bundle that is read when it is first asked for: a connection's scripts use one driver or two of them all. */
function bundleAt(path: string): Bundle {
  const name = basename(path, '.js').replaceAll('__', '/');
  const read = once(() => ({ code: readFileSync(path, 'latin1'), cache: readCache(`${path}.cache`) }));
  return {
    name,
    path,
    code: () => read().code,
    cache: () => read().cache,
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

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
