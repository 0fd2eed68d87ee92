/** The isolate host: holds the isolates of one connection and runs what its supervisor sends. */
import type { RunFrame, SupervisorFrame } from '../../bridge/frames.ts';
import { checkScript } from './check.ts';
import { type ActiveRun, startRun } from './run.ts';
import { loadRuntimeFiles } from './runtime-files.ts';
import type { Slot } from './slot.ts';
import { createSlotPool } from './slot-pool.ts';
import { createSupervisorLink } from './supervisor-link.ts';

const FLUSH_MS = 50;

const link = createSupervisorLink();
const files = loadRuntimeFiles(import.meta.dirname);
const runs = new Map<string, ActiveRun>();

/** Ends the process by a signal, once its last words are out: an exit with live isolates has hung and crashed. */
function die(): void {
  const kill = (): void => void process.kill(process.pid, 'SIGKILL');
  setTimeout(kill, FLUSH_MS);
  void link.flushed().then(kill);
}

function onCatastrophe(slot: Slot | undefined, message: string): void {
  for (const run of runs.values()) {
    if (run.lease.slot === slot) run.abort('out_of_memory', `The script broke its isolate: ${message}`);
  }
  die();
}

const pool = createSlotPool(files, onCatastrophe, die);

async function run(frame: RunFrame): Promise<void> {
  const lease = await pool.take(frame.source, frame.memoryLimitBytes);
  runs.set(
    frame.runId,
    startRun(frame, lease, { link, files, pool }, () => runs.delete(frame.runId)),
  );
}

function onFrame(frame: SupervisorFrame): void {
  if (frame.kind === 'run') void run(frame).catch(die);
  else if (frame.kind === 'cancel') runs.get(frame.runId)?.abort('killed', 'The run was cancelled');
  else if (frame.kind === 'check') {
    const { id, source, functionName } = frame;
    checkScript(source, functionName, files, (message) => onCatastrophe(undefined, message)).then(
      (problems) => link.send({ kind: 'checked', id, problems: [...problems] }),
      die,
    );
  }
}

link.onFrame(onFrame);
await pool.prepare();
link.send({ kind: 'ready' });
