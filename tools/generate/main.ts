import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonTypes } from './json-types.ts';
import { openApi } from './openapi/openapi.ts';

/**
 * Regenerates everything that is generated: the TypeScript of the contracts, the descriptor set for reflection, the types
 * and the document of the JSON API, and what is told of the modules that scripts may require, of the metrics and of the
 * benchmarks. (The check of the contracts copies this without the last three.)
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const generated = `${root}libs/contracts/src/gen`;
const buf = (...args: string[]) => execFileSync('node_modules/.bin/buf', args, { cwd: root, stdio: 'inherit' });

buf('generate');
buf('build', '--as-file-descriptor-set', '-o', `${generated}/descriptor-set.binpb`);
writeFileSync(`${generated}/json-types.ts`, jsonTypes(`${generated}/descriptor-set.binpb`));
writeFileSync(`${generated}/openapi.json`, openApi(`${generated}/descriptor-set.binpb`));

for (const name of ['modules', 'script-types', 'observability', 'bench/report']) {
  const program = `${root}tools/${name}/main.ts`;
  if (existsSync(program)) execFileSync(process.execPath, [program], { cwd: root, stdio: 'inherit' });
}
