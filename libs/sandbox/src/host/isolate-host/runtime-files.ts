/** The files of the runtime folder that go into isolates. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ivm from 'isolated-vm';

/** One script for isolates, with V8's code cache of it where there is one. */
export type Bundle = {
  readonly name: string;
  readonly path: string;
  readonly code: string;
  readonly cache: ivm.ExternalCopy<ArrayBuffer> | undefined;
};

export type RuntimeFiles = {
  readonly base: Bundle;
  /** By the name that scripts require. */
  readonly packages: ReadonlyMap<string, Bundle>;
};

function readCache(path: string): ivm.ExternalCopy<ArrayBuffer> | undefined {
  if (!existsSync(path)) return undefined;
  return new ivm.ExternalCopy(new Uint8Array(readFileSync(path)).buffer);
}

function readBundle(path: string): Bundle {
  const name = basename(path, '.js').replaceAll('__', '/');
  return { name, path, code: readFileSync(path, 'latin1'), cache: readCache(`${path}.cache`) };
}

/** Reads the folder; `root` is where `isolate-host.mjs` lies. */
export function loadRuntimeFiles(root: string): RuntimeFiles {
  const folder = join(root, 'guest', 'packages');
  const bundles = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const packages = bundles.map((file) => readBundle(join(folder, file)));
  return { base: readBundle(join(root, 'guest', 'base.js')), packages: new Map(packages.map((b) => [b.name, b])) };
}
