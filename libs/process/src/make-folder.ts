import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/**
 * Makes a folder, and those above it that are not there, with this mode. One level after the other: where nothing can be made,
 * as in /proc, Node's own `recursive` goes round for ever and is deaf to signals.
 * @throws Error of the system when it cannot be made, or something else has its name
 */
export const makeFolder = (folder: string, mode: number): void => {
  if (isFolder(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(folder)) throw error;
  }
};
