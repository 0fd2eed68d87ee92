import { join } from 'node:path';

export const PACKAGE_ROOT = join(import.meta.dirname, '..');
export const SOURCE = join(PACKAGE_ROOT, 'src');
export const RUNTIME = join(PACKAGE_ROOT, 'dist', 'runtime');
export const GUEST = join(RUNTIME, 'guest');
export const MANIFEST = join(RUNTIME, 'manifest.json');
