/** What an isolate host does with the frames of its supervisor. */
import type { LastWords, RunFrame, SupervisorFrame } from '../../bridge/frames.ts';
import { checkScript } from './check.ts';
import { createParkingLot } from './reuse/parking-lot.ts';
import { type ActiveRun, startRun } from './run.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { Slot } from './slot.ts';
import type { SlotMaker } from './slot-maker.ts';
import { createSlotPool, type SlotPool } from './slot-pool.ts';
import { createSupervisorLink } from './supervisor-link.ts';
import { createWaitingRun, type WaitingRun } from './waiting-run.ts';

type CheckFrame = Extract<SupervisorFrame, { kind: 'check' }>;

const FLUSH_MS = 50;
const CANCELLED = 'The run was cancelled';

const link = createSupervisorLink();
const lot = createParkingLot();
const runs = new Map<string, ActiveRun>();
/** Runs that have no isolate yet. */
const waiting = new Map<string, WaitingRun>();

/** Ends the process by a signal, once its last words are out: an exit with live isolates has hung and crashed. */
export function die(why: LastWords): void {
  link.send({ kind: 'ending', why });
  const kill = (): void => void process.kill(process.pid, 'SIGKILL');
  setTimeout(kill, FLUSH_MS);
  void link.flushed().then(kill);
}

/** What was running there says that it is out of memory, and all ends. */
export function onCatastrophe(slot: Slot | undefined, message: string): void {
  for (const run of runs.values()) {
    if (run.lease.slot === slot) run.abort('out_of_memory', `The script broke its isolate: ${message}`);
  }
  die('an isolate broke');
}

async function run(frame: RunFrame, files: RuntimeFiles, pool: SlotPool): Promise<void> {
  const { runId, source, memoryLimitBytes, isolation = 'warm' } = frame;
  const startedAtMs = performance.now();
  const wait = createWaitingRun(frame, link.send);
  waiting.set(runId, wait);
  const lease = await pool.take({ source, memoryLimitBytes, isolation });
  waiting.delete(runId);
  // For the next one: it has not run anything for this one.
  if (!wait.begin()) return pool.giveBack(lease, Promise.resolve(true));
  const started = startRun(frame, lease, { link, files, pool, lot }, { startedAtMs, onEnd: () => runs.delete(runId) });
  runs.set(runId, started);
}

function cancel(runId: string): void {
  waiting.get(runId)?.cancel();
  runs.get(runId)?.abort('killed', CANCELLED);
}

function check({ id, ...script }: CheckFrame, files: RuntimeFiles): void {
  checkScript(script, files, (message) => onCatastrophe(undefined, message)).then(
    (found) => link.send({ kind: 'checked', id, ...found }),
    () => die('a script could not be checked'),
  );
}

/** Serves from when the first isolate is there. Rejects where that cannot be made. */
export async function serve(files: RuntimeFiles, maker: SlotMaker, first: Promise<Slot>): Promise<void> {
  const pool = createSlotPool(files, maker);
  link.onFrame((frame) => {
    if (frame.kind === 'run') void run(frame, files, pool).catch(() => die('a run could not be served'));
    else if (frame.kind === 'cancel') cancel(frame.runId);
    else if (frame.kind === 'check') check(frame, files);
  });
  await pool.prepare(first);
  link.send({ kind: 'ready' });
}
