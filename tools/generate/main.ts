import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Regenerates everything that is generated: the TypeScript of the contracts, the descriptor set for reflection, and what
 * is told of the modules that scripts may require. (The check of the contracts copies this without the last.)
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const buf = (...args: string[]) => execFileSync('node_modules/.bin/buf', args, { cwd: root, stdio: 'inherit' });

buf('generate');
buf('build', '--as-file-descriptor-set', '-o', 'libs/contracts/src/gen/descriptor-set.binpb');

const modules = `${root}tools/modules/main.ts`;
if (existsSync(modules)) execFileSync(process.execPath, [modules], { cwd: root, stdio: 'inherit' });
