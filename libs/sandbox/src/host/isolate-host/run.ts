/** One run: in one slot, over one bridge, until its report, its deadline, a quota or the end of the isolate. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunFrame } from '../../bridge/frames.ts';
import type { RunInput } from '../../bridge/operations.ts';
import { createCrossings } from './crossings.ts';
import { LIMITS } from './limits.ts';
import { takeRandomPortion } from './random-portions.ts';
import type { ParkingLot } from './reuse/parking-lot.ts';
import type { ReuseTerms } from './reuse/reuse-terms.ts';
import { scopeOf } from './reuse/session-key.ts';
import { createRunBridge, type RunBridge } from './run-bridge.ts';
import { type Ending, endingOfAbort, endingOfReport, limitMessage, overQuota } from './run-ending.ts';
import { left, settled } from './run-settling.ts';
import { measureRun } from './run-usage.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { Lease, SlotPool } from './slot-pool.ts';
import type { SupervisorLink } from './supervisor-link.ts';

export type RunDeps = {
  readonly link: SupervisorLink;
  readonly files: RuntimeFiles;
  readonly pool: Pick<SlotPool, 'required' | 'giveBack'>;
  readonly lot: ParkingLot;
};
/** A run that has started. */
export type ActiveRun = {
  readonly lease: Lease;
  /** Ends the run at once with this outcome; its isolate is given up. */
  abort(outcome: 'killed' | 'timed_out' | 'out_of_memory', message: string): void;
};

/** On a busy machine the thread that stops a loop has its turn late; whoever waits for the outcome is told in half a second. */
const STACK_GRACE_MS = 100;

/** Asks what the isolate holds after the run. */
function lookAtMemory(lease: Lease): void {
  if (lease.slot.isDisposed()) return;
  lease.memory = lease.slot.memoryInUse().catch(() => undefined);
  void lease.memory.then((memory) => {
    lease.heapBytes = memory?.heapBytes;
  });
}

/** No connection is carried to another script, another version of it, or another environment. */
const reuseTerms = ({ reuse, argsJson }: RunFrame, lot: ParkingLot, scope: readonly string[]): ReuseTerms | undefined =>
  reuse && { lot, scope: scopeOf(scope), argsJson, destinations: reuse.destinations };

const inputOf = (frame: RunFrame, envJson: string, lot: ParkingLot, bridge: RunBridge): RunInput => {
  const { source, functionName, argsJson, reuse } = frame;
  const kept = reuse === undefined ? 'none' : lot.isEmpty() ? 'later' : 'some';
  return { source, functionName, argsJson, envJson, kept, offer: bridge.offer(), random: takeRandomPortion() };
};

const waitedMs = ({ waits: { connect, query, hash } }: RunBridge) => ({
  connectMs: connect.ms(),
  queryMs: query.ms(),
  hashMs: hash.ms(),
});

/** When a run was received, by `performance.now`, and what to call once, when its result has been sent. */
export type RunTimes = { readonly startedAtMs: number; readonly onEnd: () => void };

/** Starts a run. */
export function startRun(frame: RunFrame, lease: Lease, deps: RunDeps, times: RunTimes): ActiveRun {
  const { link, files, pool, lot } = deps;
  const envJson = JSON.stringify(frame.env);
  const { startedAtMs, onEnd } = times;
  const { slot } = lease;
  const deadlineMs = startedAtMs + frame.timeoutMs;
  const usedSoFar = measureRun(slot, startedAtMs);
  const leftMs = (): number => Math.max(1, Math.ceil(deadlineMs - performance.now()));
  const crossings = createCrossings();
  const givenUp = Promise.withResolvers<void>();
  let [ended, wasCut] = [false, false];

  const finish = async (ending: Ending | Promise<Ending>): Promise<void> => {
    if (ended) return;
    ended = true;
    const used = { ...usedSoFar(), ...waitedMs(bridge), crossings: crossings.count() };
    const { clean, ...result } = await ending;
    clearTimeout(timer);
    // As after an `end` in Node: who hears of the result may want a connection where there is room for one alone.
    if (clean) await left(bridge, leftMs(), givenUp.promise);
    const { opened: connectionsOpened, reused: connectionsReused } = bridge.connections;
    const send = (heapBytes: number): void => {
      const usage = { ...used, heapBytes, connectionsOpened, connectionsReused };
      link.send({ kind: 'result', runId: frame.runId, ...result, logs: [...bridge.log.lines], usage });
      onEnd();
    };
    // Asking an isolate takes two threads their turn: a result waits for that where nothing is known of the isolate yet.
    const knownBytes = clean ? lease.heapBytes : 0;
    if (knownBytes !== undefined) send(knownBytes);
    if (clean) lookAtMemory(lease);
    // A warm isolate makes itself ready while the result is on its way; what it holds is asked for before that.
    const given = clean && lease.isolation === 'warm' ? pool.giveBack(lease, settle()) : undefined;
    if (knownBytes === undefined) send((await lease.memory)?.heapBytes ?? 0);
    await (given ?? pool.giveBack(lease, clean ? settle() : leave(false)));
  };
  const leave = async (reusable: boolean): Promise<boolean> => {
    bridge.close(reusable);
    slot.setHandler(undefined);
    return reusable;
  };
  const settle = async (): Promise<boolean> => leave((await settled(bridge, slot)) && !wasCut);
  const onAbort = (error: unknown): void => {
    // What it was about to do next is done by the next call: in no isolate that serves another run.
    wasCut = true;
    void finish(endingOfAbort(error, frame, bridge));
  };
  const bridge = createRunBridge({
    runId: frame.runId,
    link,
    files,
    reuse: reuseTerms(frame, lot, [lease.key, envJson]),
    onPackage: (name) => pool.required(lease, name),
    dispatch: crossings.into((events) => slot.dispatch(events, ended ? LIMITS.settleMs : leftMs()).catch(onAbort)),
    onDone: (report) => void finish(endingOfReport(report, frame, slot, bridge)),
    onQuota: ({ message: text }) => void finish(overQuota(text)),
  });
  const abort: ActiveRun['abort'] = (outcome, text) => {
    givenUp.resolve();
    void finish({ outcome, error: { name: 'Error', message: text }, busy: slot.isBusy(), clean: false });
  };
  const expire = (): void => abort('timed_out', limitMessage('timed_out', frame));
  const timer = setTimeout(() => {
    // A call that is under way has the same deadline, and ivm says where it was then.
    if (slot.isBusy()) setTimeout(expire, STACK_GRACE_MS);
    else expire();
  }, leftMs());

  const start = async (): Promise<void> => {
    // What came with the run, such as the end of a session that would be offered, is looked at first.
    if (frame.reuse !== undefined && !lot.isEmpty()) await nextTurn();
    if (!ended) await slot.runScript(inputOf(frame, envJson, lot, bridge), leftMs());
  };
  slot.setHandler(crossings.outOf(bridge));
  start().catch(onAbort);
  return { lease, abort };
}
