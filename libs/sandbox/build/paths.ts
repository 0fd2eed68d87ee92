import { join } from 'node:path';

export const PACKAGE_ROOT = join(import.meta.dirname, '..');
export const SOURCE = join(PACKAGE_ROOT, 'src');
/** Where the result lies. */
export const RUNTIME = join(PACKAGE_ROOT, 'dist', 'runtime');
/** Where it is made, to be renamed when it is whole: builds may run side by side. */
export const DRAFT = `${RUNTIME}.${process.pid}`;
export const DRAFT_GUEST = join(DRAFT, 'guest');
export const MANIFEST_NAME = 'manifest.json';
/** Which files the bundles were made of, for whoever ships them: not part of the runtime. */
export const BUNDLED_FILES = join(PACKAGE_ROOT, 'dist', 'bundled-files.json');
