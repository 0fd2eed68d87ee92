import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Relative path → sha256 in hex. */
export type FileHashes = Readonly<Record<string, string>>;

const manifestSchema = z.object({ files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)) });

const MANIFEST = 'manifest.json';

/** What the built runtime consists of. Throws with the command that builds it when it is not there. */
export const readRuntimeManifest = (runtimeFolder: string): FileHashes => {
  const file = join(runtimeFolder, MANIFEST);
  if (!existsSync(file))
    throw new Error(`the sandbox's runtime is not built (${file} is missing): run npm run build -w libs/sandbox`);
  const { files } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const stray = Object.keys(files).find((path) => path.startsWith('/') || path.split('/').includes('..'));
  if (stray !== undefined) throw new Error(`${file} names a file outside its folder: ${stray}`);
  return files;
};

const PORTION_BYTES = 64 * 1024;

/**
 * sha256 of a file's bytes in hex. Into one buffer: the chunks of a stream would be a hundred megabytes until they are
 * collected, which malloc keeps, and which every start of an isolate host has to fork.
 */
export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(PORTION_BYTES);
  await using file = await open(path);
  for (;;) {
    const { bytesRead } = await file.read(buffer);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
  }
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
