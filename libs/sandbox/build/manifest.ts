/** What the runtime folder holds and what it was made from. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { BUNDLED_FILES, DRAFT, MANIFEST_NAME, PACKAGE_ROOT, RUNTIME, SOURCE } from './paths.ts';

type Manifest = {
  readonly inputs: string;
  readonly node: string;
  readonly v8: string;
  readonly files: Readonly<Record<string, string>>;
};

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function lockfile(): string {
  const path = join(PACKAGE_ROOT, '..', '..', 'package-lock.json');
  return existsSync(path) ? path : join(PACKAGE_ROOT, 'package.json');
}

/** One hash over everything that the runtime is made from. */
export function hashInputs(): string {
  const folders = [join(SOURCE, 'guest'), join(SOURCE, 'bridge'), join(SOURCE, 'host', 'isolate-host')];
  const files = [import.meta.dirname, ...folders].flatMap(filesBelow).filter((path) => !path.endsWith('.test.ts'));
  const parts = [...files, lockfile()].map((path) => `${relative(PACKAGE_ROOT, path)} ${sha256(readFileSync(path))}`);
  return sha256([process.version, process.platform, process.arch, ...parts].join('\n'));
}

export function isUpToDate(inputs: string): boolean {
  const path = join(RUNTIME, MANIFEST_NAME);
  if (!existsSync(path) || !existsSync(BUNDLED_FILES)) return false;
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  return manifest.inputs === inputs && Object.keys(manifest.files).every((file) => existsSync(join(RUNTIME, file)));
}

export function writeManifest(inputs: string): void {
  const paths = filesBelow(DRAFT);
  const files = Object.fromEntries(
    paths.map((path) => [relative(DRAFT, path).split(sep).join('/'), sha256(readFileSync(path))]),
  );
  const manifest: Manifest = { inputs, node: process.version, v8: process.versions.v8, files };
  writeFileSync(join(DRAFT, MANIFEST_NAME), `${JSON.stringify(manifest, null, 2)}\n`);
}
