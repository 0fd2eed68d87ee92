import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { NODE_FLAGS } from '../../bridge/node-flags.ts';
import { rejectedCodeCaches } from './guest-references.ts';
import { compileProgram } from './program.ts';
import { loadRuntimeFiles } from './runtime-files.ts';
import { createSlot } from './slot.ts';

/*
 * A code cache that V8 does not take is no error, and all is as it was but slower: nobody would notice.
 */

const RUNTIME = join(import.meta.dirname, '../../../dist/runtime');

it("V8 takes the code cache of the host's program", () => {
  expect(compileProgram(RUNTIME).cachedDataRejected).toBe(false);
});

it('and does so where Node is started as for an isolate host', () => {
  const code = `import('${join(import.meta.dirname, 'program.ts')}').then(({ compileProgram }) =>
    process.stdout.write(String(compileProgram('${RUNTIME}').cachedDataRejected)))`;
  expect(spawnSync(process.execPath, [...NODE_FLAGS, '-e', code], { encoding: 'utf8' }).stdout).toBe('false');
});

it('and that of the base and of every package', async () => {
  const files = loadRuntimeFiles(RUNTIME);
  const options = { memoryLimitBytes: 256 * 1024 * 1024, isSingle: false, onCatastrophe: () => undefined };
  const slot = await createSlot(files, options);
  const caches = [files.base, ...files.packages.values()].map((bundle) => bundle.cache());
  for (const name of files.packages.keys()) await slot.loadPackage(name);
  await slot.dispose(1000);
  expect(caches).not.toContain(undefined);
  expect(rejectedCodeCaches()).toBe(0);
});
