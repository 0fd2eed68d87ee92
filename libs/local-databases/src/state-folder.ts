import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder outside the project that every account can pass and only we can write: what cannot stay in a clone under a
 * closed home goes there. Throws when someone else could write into it, since binaries are run from there.
 */
export function stateFolder(): string {
  const uid = process.getuid?.();
  const folder = uid === 0 ? '/var/lib/userferry' : join(homedir(), '.cache', 'userferry');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const stats = lstatSync(folder);
  if (!stats.isDirectory() || stats.uid !== uid || (stats.mode & 0o022) !== 0) {
    throw new Error(`${folder} must be a folder that only its owner (user id ${uid}) can write`);
  }
  return folder;
}

/** Where things that can be made again are kept between runs: beside the installed packages, else in the state folder. */
export function cacheFolder(nodeModules: string): string {
  const folder = join(nodeModules, '.cache', 'userferry');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return stateFolder();
  }
}
