/**
 * Runs our own code in an isolate that never saw a tenant's script, then writes V8's code caches: functions that have
 * run by then are in them compiled.
 */
import { writeFileSync, writeSync } from 'node:fs';
import { loadRuntimeFiles } from '../src/host/isolate-host/runtime-files.ts';
import { createSlot } from '../src/host/isolate-host/slot.ts';

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('usage: warm-up RUNTIME_FOLDER');
const files = loadRuntimeFiles(root);
const slot = await createSlot(files, { memoryLimitBytes: 256 * 1024 * 1024, onCatastrophe: () => process.abort() });
const names = [...files.packages.keys()];
for (const name of names) await slot.loadPackage(name);
const source = names.map((name) => `require(${JSON.stringify(name)});`).join('');
await slot.defines(source, 'nothing', 10_000);
for (const bundle of [files.base, ...files.packages.values()]) {
  writeFileSync(`${bundle.path}.cache`, await slot.makeCodeCache(bundle));
}
// Isolates that are alive at exit have crashed processes, so this one ends by a signal; the word says that all is written.
writeSync(1, 'done');
process.kill(process.pid, 'SIGKILL');
