import { join } from 'node:path';
import { copyTo, filesBelow } from './copy-files.ts';
import type { LockedPackages } from './lockfile.ts';
import { ROOT } from './paths.ts';

const PLATFORM = `${process.platform}-${process.arch}`;
const OTHER_LIBC = 'musl';

/** What runs of a package, and its licence: no sources of native code, no tests, no prebuilt binary of another platform. */
const isNeeded = (file: string): boolean => {
  if (file.startsWith('prebuilds/')) return file.startsWith(`prebuilds/${PLATFORM}/`) && !file.includes(OTHER_LIBC);
  if (/^(test|examples|src|ISSUE_TEMPLATE)/.test(file) || file.includes('node_modules/')) return false;
  return /\.(c?js|mjs)$|^package\.json$|^(licen[cs]e|notice)/i.test(file);
};

/** Copies packages that stay packages, pruned to what runs on this platform. */
export const copyNativePackages = (locked: LockedPackages, folder: string): void => {
  for (const place of Object.keys(locked)) {
    const from = join(ROOT, place);
    const to = join(folder, place.replace(/^.*?(?=node_modules\/)/, ''));
    for (const file of filesBelow(from).filter(isNeeded)) copyTo(join(from, file), join(to, file));
  }
};
