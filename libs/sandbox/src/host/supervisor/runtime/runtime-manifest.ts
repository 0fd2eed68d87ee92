import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** Relative path → sha256 in hex. */
export type FileHashes = Readonly<Record<string, string>>;

const manifestSchema = z.object({ files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)) });

const MANIFEST = 'manifest.json';

/** What the built runtime consists of. Throws with the command that builds it when it is not there. */
export const readRuntimeManifest = (runtimeFolder: string): FileHashes => {
  const file = join(runtimeFolder, MANIFEST);
  if (!existsSync(file)) throw new Error(`the sandbox's runtime is not built (${file} is missing): run npm run build`);
  const { files } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const stray = Object.keys(files).find((path) => path.startsWith('/') || path.split('/').includes('..'));
  if (stray !== undefined) throw new Error(`${file} names a file outside its folder: ${stray}`);
  return files;
};

/** sha256 of a file's bytes in hex, read as a stream. */
export const hashFile = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
};

/** Names of the files under `folder` that are not what the hashes say, missing ones included. */
export const changedFiles = async (folder: string, hashes: FileHashes): Promise<string[]> => {
  const changed: string[] = [];
  for (const [path, expected] of Object.entries(hashes)) {
    const actual = await hashFile(join(folder, path)).catch(() => 'missing');
    if (actual !== expected) changed.push(path);
  }
  return changed;
};
