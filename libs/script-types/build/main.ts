/** Writes `dist/`: the declarations, one file for each package and one for Node's own modules. Does nothing when they are current. */
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, 'stamp');

/** What the declarations are made of: what is written here, and the versions of everything that is installed. */
const stampOfNow = (): string => {
  const own = globSync(['build/*.ts', 'declarations/*.ts', 'src/guest-values.json'], { cwd: ROOT }).sort();
  const hash = createHash('sha256');
  for (const file of [...own, '../../package-lock.json']) hash.update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
};

const stampOfDist = (): string | undefined => {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
};

const stamp = stampOfNow();
if (stampOfDist() !== stamp) {
  const { declarationTexts } = await import('./declarations.ts');
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST);
  for (const [name, text] of declarationTexts()) writeFileSync(join(DIST, name), text);
  writeFileSync(STAMP, stamp);
}
