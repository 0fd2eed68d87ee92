/** Makes `dist`, the page as the gateway serves it, unless it is there already and nothing that goes into it has changed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { buildForProduction } from './config.ts';

const CONSOLE = join(import.meta.dirname, '..');
const ROOT = join(CONSOLE, '../..');
const STAMP = join(CONSOLE, 'dist/.built-from');

/** Everything that the page is made of: its own files, our libraries in it, and what the lockfile brings. */
const INPUTS = [
  'apps/console/src',
  'apps/console/build',
  'apps/console/index.html',
  'apps/console/package.json',
  'apps/console/vite.config.ts',
  'libs/script-contract/src',
  'libs/script-types/build',
  'libs/script-types/declarations',
  'libs/script-types/dist',
  'libs/script-types/src',
  'libs/user-model/src',
  'package-lock.json',
];

const filesBelow = (path: string): readonly string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesBelow(join(path, name)))
    : [path];

const hashInputs = (): string => {
  const hash = createHash('sha256');
  for (const file of INPUTS.map((input) => join(ROOT, input))
    .filter(existsSync)
    .flatMap(filesBelow))
    hash.update(`${file.slice(ROOT.length)}\n`).update(readFileSync(file));
  return hash.digest('hex');
};

const inputs = hashInputs();
if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === inputs) {
  process.stdout.write('dist is up to date\n');
} else {
  buildForProduction();
  await build({ root: CONSOLE, configFile: join(CONSOLE, 'vite.config.ts'), logLevel: 'warn' });
  writeFileSync(STAMP, inputs);
  process.stdout.write('dist was built\n');
}
