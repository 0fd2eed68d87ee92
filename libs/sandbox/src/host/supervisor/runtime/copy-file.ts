import { constants, readdirSync, statSync } from 'node:fs';
import { chmod, copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashFile } from './runtime-manifest.ts';

/** Below this a second copy costs nothing worth a look. */
const WORTH_SHARING_BYTES = 16 * 1024 * 1024;

/** Copies of a file that earlier runtime folders hold, `path` being the same in each. */
const earlierCopies = (stateFolder: string, path: string, bytes: number): string[] =>
  readdirSync(stateFolder)
    .map((name) => join(stateFolder, name, 'root', path))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.size === bytes);

const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch {
    return false; // another file system, or removed meanwhile
  }
};

const linkEarlierCopy = async (source: string, target: string, candidates: readonly string[]): Promise<boolean> => {
  if (candidates.length === 0) return false;
  const wanted = await hashFile(source);
  for (const candidate of candidates) {
    const same = await hashFile(candidate).then(
      (hash) => hash === wanted,
      () => false,
    );
    if (same && (await linked(candidate, target))) return true;
  }
  return false;
};

/**
 * Puts a copy of `source` at `root/path`, readable for all and writable for its owner alone, and returns its sha256. A large
 * file that an earlier runtime folder of ours holds is linked from there: the Node binary alone is 120 MB.
 */
export const placeFile = async (stateFolder: string, source: string, root: string, path: string): Promise<string> => {
  const target = join(root, path);
  const { size, mode } = statSync(source);
  await mkdir(dirname(target), { recursive: true });
  const candidates = size < WORTH_SHARING_BYTES ? [] : earlierCopies(stateFolder, path, size);
  if (!(await linkEarlierCopy(source, target, candidates))) await copyFile(source, target, constants.COPYFILE_FICLONE);
  await chmod(target, (mode & 0o111) === 0 ? 0o644 : 0o755);
  return hashFile(target);
};
