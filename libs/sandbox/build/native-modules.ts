/** Puts the native packages into the runtime folder: their JavaScript and the one prebuilt binary that fits here. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DRAFT, PACKAGE_ROOT } from './paths.ts';

/** The files besides `package.json` that each package runs on. */
const NATIVE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'isolated-vm': ['isolated-vm.js'],
  bcrypt: ['bcrypt.js', 'promises.js'],
};
const BINARY = 'prebuilt.node';
/**
 * Stands in for `node-gyp-build`, by which both packages find their binary: the original looks at files outside the
 * folder, which the permission model refuses.
 */
const LOADER = `'use strict';\nmodule.exports = (folder) => require(require('node:path').join(folder, '${BINARY}'));\n`;

const PLATFORM = `${process.platform}-${process.arch}`;
const ABI = `abi${process.versions.modules}`;

function libc(): 'glibc' | 'musl' {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

function folderOf(name: string): string {
  const paths = createRequire(join(PACKAGE_ROOT, 'package.json')).resolve.paths(name) ?? [];
  const found = paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}

/** Whether a prebuilt file, tagged like `x.abi137.glibc.node`, is made for this Node and C library. */
function fits(file: string): boolean {
  const tags = file.split('.');
  if (tags.at(-1) !== 'node') return false;
  const otherAbi = tags.some((tag) => /^abi\d+$/.test(tag) && tag !== ABI);
  const otherLibc = process.platform === 'linux' && tags.includes(libc() === 'glibc' ? 'musl' : 'glibc');
  return !otherAbi && !otherLibc;
}

function binaryOf(name: string, folder: string): string {
  const prebuilds = join(folder, 'prebuilds', PLATFORM);
  const files = existsSync(prebuilds) ? readdirSync(prebuilds).filter(fits) : [];
  if (files[0] === undefined) throw new Error(`${name} has no prebuilt binary for ${PLATFORM} ${ABI} ${libc()}`);
  return join(prebuilds, files[0]);
}

export function copyNativeModules(): void {
  const modules = join(DRAFT, 'node_modules');
  for (const [name, files] of Object.entries(NATIVE_PACKAGES)) {
    const from = folderOf(name);
    const to = join(modules, name);
    mkdirSync(to, { recursive: true });
    for (const file of ['package.json', ...files]) copyFileSync(join(from, file), join(to, file));
    copyFileSync(binaryOf(name, from), join(to, BINARY));
  }
  const loader = join(modules, 'node-gyp-build');
  mkdirSync(loader, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(folderOf('node-gyp-build'), 'package.json'), 'utf8'));
  writeFileSync(join(loader, 'package.json'), JSON.stringify({ name: 'node-gyp-build', version, main: 'index.js' }));
  writeFileSync(join(loader, 'index.js'), LOADER);
}
