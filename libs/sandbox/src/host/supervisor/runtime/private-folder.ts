import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Throws unless `folder` is a folder that this process's user owns and that nobody else can write into. */
export const requireOwnFolder = (folder: string): void => {
  const stats = lstatSync(folder);
  const uid = process.getuid?.();
  if (!stats.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (uid !== undefined && (stats.uid !== uid || (stats.mode & 0o022) !== 0))
    throw new Error(`${folder} must belong to user id ${uid} and be writable by nobody else: code is run from there`);
};

/** Makes the folder if it is not there, passable for every user, and checks whose it is. */
export const ownFolder = (folder: string): string => {
  if (mkdirSync(folder, { recursive: true, mode: 0o755 }) !== undefined) chmodSync(folder, 0o755);
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
