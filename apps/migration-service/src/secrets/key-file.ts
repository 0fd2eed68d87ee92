import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '@userferry/process';
import { z } from 'zod';
import { formatRing, parseRing, type Ring, SECRET_BYTES } from './parse-ring.ts';

/** What a key file holds: keys of the settings at rest, and peppers of the passwords. */
export type Secrets = { readonly encryptionKeys: Ring; readonly peppers: Ring };

const FILE = z.object({ encryptionKeys: z.string(), peppers: z.string() });
const READABLE_BY_OTHERS = 0o004;

/** A random id: should the file be lost and made anew, old values name a key that is missing, not a wrong one. */
const newRing = (): Ring => {
  const currentId = randomBytes(6).toString('hex');
  return { currentId, secrets: new Map([[currentId, randomBytes(SECRET_BYTES)]]) };
};

/** Makes the file with new secrets unless it is there. Of several processes that start at once, one makes it. */
const makeOnce = (path: string): void => {
  makeFolder(dirname(path), 0o700);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const rings = { encryptionKeys: formatRing(newRing()), peppers: formatRing(newRing()) };
  writeFileSync(draft, `${JSON.stringify(rings, null, 2)}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
};

const ringOf = (text: string, path: string, name: string): Ring => {
  const ring = parseRing(text);
  if ('problem' in ring) throw new Error(`the key file ${path}: ${name} ${ring.problem}`);
  return ring;
};

const parseFile = (path: string): z.infer<typeof FILE> => {
  try {
    return FILE.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // The reason would quote the file.
    throw new Error(`the key file ${path} is not of the form that this version writes`);
  }
};

/**
 * Reads the key file; makes it at the first start, readable by its owner alone, unless it must be there.
 * @throws Error when it must be and is not, others may read it, or it has another form; never with anything of its content
 */
export const readKeyFile = (path: string, { mustExist = false } = {}): Secrets => {
  if (!existsSync(path)) {
    if (mustExist)
      throw new Error(`there is no key file ${path}: name the one that the services use (USERFERRY_KEY_FILE)`);
    makeOnce(path);
  }
  if ((statSync(path).mode & READABLE_BY_OTHERS) !== 0)
    throw new Error(
      `the key file ${path} may be read by every user of this machine: chmod 600 it, and change the keys`,
    );
  const { encryptionKeys, peppers } = parseFile(path);
  return {
    encryptionKeys: ringOf(encryptionKeys, path, 'encryptionKeys'),
    peppers: ringOf(peppers, path, 'peppers'),
  };
};
