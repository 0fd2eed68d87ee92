// Does a known advisory touch what is installed? Exit codes: 0 no, 1 yes, 3 nobody could be asked. See SECURITY.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askNpm, npmIn } from './ask-npm.ts';
import { judge } from './judge.ts';
import { engineOf, parseLockfile, shippedPlaces } from './lockfile.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const lock = parseLockfile(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
const { node, v8 } = process.versions;
const engine = [
  ...engineOf(lock),
  { name: 'node', version: node, where: `this one, with V8 ${v8}`, ships: true } as const,
];
const { exitCode, lines } = judge(await askNpm(npmIn(ROOT)), { shipped: shippedPlaces(lock), engine });
for (const line of lines) console.log(line);
process.exitCode = exitCode;
