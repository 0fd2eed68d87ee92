/** Code caches, taken in a process started as isolate hosts are. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { NODE_FLAGS } from '../src/bridge/node-flags.ts';
import { DRAFT } from './paths.ts';

export function makeCodeCaches(): void {
  const program = join(import.meta.dirname, 'warm-up', 'main.ts');
  const { stdout, stderr, error } = spawnSync(process.execPath, [...NODE_FLAGS, program, DRAFT], {
    encoding: 'utf8',
    // What the environment tells Node may be what V8 refuses a cache for where it is used.
    env: {},
    timeout: 120_000,
  });
  if (error) throw error;
  if (stdout !== 'done') throw new Error(`The warm-up for the code caches failed: ${stderr.slice(-2000)}`);
}
