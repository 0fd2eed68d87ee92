import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Regenerates everything that is generated: the TypeScript of the contracts and the descriptor set for reflection. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const buf = (...args: string[]) => execFileSync('node_modules/.bin/buf', args, { cwd: root, stdio: 'inherit' });

buf('generate');
buf('build', '--as-file-descriptor-set', '-o', 'libs/contracts/src/gen/descriptor-set.binpb');
