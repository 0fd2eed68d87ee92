import { chmodSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Throws unless `folder` is a folder that this process's user owns and that nobody else can write into. */
export const requireOwnFolder = (folder: string): void => {
  const stats = lstatSync(folder);
  const uid = process.getuid?.();
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (uid !== undefined && (stats.uid !== uid || (stats.mode & 0o022) !== 0))
    throw new Error(`${folder} must belong to user id ${uid} and be writable by nobody else: code is run from there`);
};

/** One level after the other: where nothing can be made, as in /proc, Node's own `recursive` goes round for ever. */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o755 });
    chmodSync(folder, 0o755);
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
};

/** Makes the folder if it is not there, passable for every user, and checks whose it is. */
export const ownFolder = (folder: string): string => {
  makeFolder(folder);
  requireOwnFolder(folder);
  return folder;
};

/**
 * Where a machine keeps what can be made again: for root a place that unprivileged users can pass, else the user's cache
 * folder (`cacheHome`, XDG_CACHE_HOME, when the caller knows of one).
 */
export const defaultStateFolder = (cacheHome?: string): string => {
  if (process.getuid?.() !== 0) return ownFolder(join(cacheHome ?? join(homedir(), '.cache'), 'userferry'));
  try {
    return ownFolder('/var/lib/userferry');
  } catch {
    return ownFolder('/var/tmp/userferry-0');
  }
};
