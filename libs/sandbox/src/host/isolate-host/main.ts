/** The isolate host: holds the isolates of one connection and runs what its supervisor sends. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadRuntimeFiles } from './runtime-files.ts';
import { BLANK, createSlotMaker } from './slot-maker.ts';

/** What serving needs of Node, and its snapshot has not. */
const LOADED_MEANWHILE = ['node:stream', 'node:net', 'node:crypto', 'node:zlib'] as const;

let host: typeof import('./host.ts') | undefined;
/** Before it serves anyone there is nobody to tell. */
const kill = (): void => void process.kill(process.pid, 'SIGKILL');
const files = loadRuntimeFiles(import.meta.dirname);
const maker = createSlotMaker({
  files,
  onCatastrophe: (slot, message) => (host === undefined ? kill() : host.onCatastrophe(slot, message)),
  onStuck: () => (host === undefined ? kill() : host.die('an isolate does not end')),
});

async function start(): Promise<void> {
  // Made on a thread of its own, which asks this one for its next step now and then.
  const first = maker.make(BLANK);
  first.catch(() => undefined);
  for (const name of LOADED_MEANWHILE) {
    await nextTurn();
    process.getBuiltinModule(name);
  }
  host = await import('./host.ts');
  await host.serve(files, maker, first);
}

void start();
