/**
 * Runs our own script in an isolate that never saw a tenant's, then writes V8's code caches: functions that have run by
 * then are in them compiled.
 */
import { writeFileSync, writeSync } from 'node:fs';
import { createParkingLot } from '../../src/host/isolate-host/reuse/parking-lot.ts';
import { startRun } from '../../src/host/isolate-host/run.ts';
import { loadRuntimeFiles, type RuntimeFiles } from '../../src/host/isolate-host/runtime-files.ts';
import { createSlot, type Slot } from '../../src/host/isolate-host/slot.ts';
import type { Lease } from '../../src/host/isolate-host/slot-pool.ts';
import { PASSWORD, startFakePostgres } from './fake-postgres.ts';
import { createLoopbackLink } from './loopback-link.ts';
import { WARM_UP_SCRIPT } from './script.ts';
import { startWebService } from './web-service.ts';

const MEMORY_BYTES = 256 * 1024 * 1024;
const TIMEOUT_MS = 20_000;

type Facts = { readonly files: RuntimeFiles; readonly slot: Slot; readonly port: number; readonly webPort: number };

/** One run of the script in the slot; throws unless it ends as `outcome`. */
async function runOnce({ files, slot, port, webPort }: Facts, fail: boolean, outcome: string): Promise<void> {
  const frame = {
    kind: 'run',
    runId: 'warm-up',
    source: WARM_UP_SCRIPT,
    functionName: 'warmUp',
    argsJson: JSON.stringify([{ email: 'a@b.example', fail }, 'password', {}]),
    env: {
      DB_CONNECTION_URI: `postgres://u:${PASSWORD}@127.0.0.1:${port}/d`,
      DB_PORT: String(port),
      DB_PASSWORD: PASSWORD,
      API_URL: `http://127.0.0.1:${webPort}`,
    },
    timeoutMs: TIMEOUT_MS,
    memoryLimitBytes: MEMORY_BYTES,
  } as const;
  const lease: Lease = { slot, key: '', isolation: 'warm', runs: 0, takenAtMs: 0, memory: undefined };
  await new Promise<void>((resolve, reject) => {
    const link = createLoopbackLink((result) => {
      if ((result as { outcome: string }).outcome !== outcome) reject(new Error(JSON.stringify(result)));
    });
    const pool = {
      prepare: async () => undefined,
      take: async () => lease,
      required: () => undefined,
      giveBack: async (_lease: Lease, clean: Promise<boolean>) => void clean.then(() => resolve()),
    };
    startRun(
      frame,
      lease,
      { link, files, pool, lot: createParkingLot() },
      { startedAtMs: performance.now(), onEnd: () => undefined },
    );
  });
  if (!(await slot.reset())) throw new Error('The warm-up left something behind');
}

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('usage: warm-up RUNTIME_FOLDER');
const files = loadRuntimeFiles(root);
const slot = await createSlot(files, {
  memoryLimitBytes: MEMORY_BYTES,
  isSingle: false,
  onCatastrophe: () => process.abort(),
});
for (const name of files.packages.keys()) await slot.loadPackage(name);
const { port } = await startFakePostgres();
const { port: webPort } = await startWebService();
const facts = { files, slot, port, webPort };
await runOnce(facts, false, 'completed');
await runOnce(facts, true, 'threw');
for (const bundle of new Set([files.base, ...files.packages.values()])) {
  writeFileSync(`${bundle.path}.cache`, await slot.makeCodeCache(bundle));
}
// Isolates that are alive at exit have crashed processes, so this one ends by a signal; the word says that all is written.
writeSync(1, 'done');
process.kill(process.pid, 'SIGKILL');
