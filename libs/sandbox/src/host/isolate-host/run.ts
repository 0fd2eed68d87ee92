/** One run: in one slot, over one bridge, until its report, its deadline, a quota or the end of the isolate. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Outcome } from '@userferry/script-contract';
import type { HostFrame, RunFrame } from '../../bridge/frames.ts';
import type { ReportedError, RunInput, RunReport } from '../../bridge/operations.ts';
import { classify, outcomeOfAbort } from './classify.ts';
import { createCrossings } from './crossings.ts';
import { LIMITS } from './limits.ts';
import { takeRandomPortion } from './random-portions.ts';
import type { ParkingLot } from './reuse/parking-lot.ts';
import type { ReuseTerms } from './reuse/reuse-desk.ts';
import { scopeOf } from './reuse/session-key.ts';
import { createRunBridge, type RunBridge } from './run-bridge.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import { findSyntaxProblem, placeIn } from './script-place.ts';
import type { Slot } from './slot.ts';
import type { Lease, SlotPool } from './slot-pool.ts';
import type { SupervisorLink } from './supervisor-link.ts';

type ResultFrame = Extract<HostFrame, { kind: 'result' }>;
type FrameError = NonNullable<ResultFrame['error']>;
type Ending = Pick<ResultFrame, 'outcome' | 'resultJson' | 'error' | 'busy'> & { readonly clean: boolean };

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

const SETTLE_STEP_MS = 5;
const STACK_GRACE_MS = 25;
const CAUSE_LENGTH_MAX = 1024;
const message = (outcome: 'timed_out' | 'out_of_memory', frame: RunFrame): string =>
  outcome === 'timed_out'
    ? `The script did not finish within ${frame.timeoutMs} ms`
    : `The script used more than ${Math.round(frame.memoryLimitBytes / 1024 / 1024)} MB of memory`;

/** An isolate that is gone has no clock and says 0: what the process used in the meantime is an upper bound then. */
const cpuMsOf = (isolateNs: bigint, { user, system }: NodeJS.CpuUsage): number =>
  isolateNs > 0n ? Number(isolateNs) / 1e6 : (user + system) / 1000;

/** An error as the frame carries it. */
function toFrameError(error: ReportedError): FrameError {
  const { chain: _chain, ...rest } = error;
  return { ...rest, name: rest.name.slice(0, 256), message: rest.message.slice(0, 16384) };
}

/** The code of an error that crossed without its fields: from its stack, or from the transport error it tells of. */
function codeOf({ message, stack }: Error, bridge: RunBridge): { readonly code?: string } {
  const named = /^\w+ \[([A-Z][A-Z0-9_]+)\]: /.exec(stack ?? '')?.[1];
  const code = named ?? bridge.transport.failures.find((failure) => message.endsWith(failure.message))?.code;
  return typeof code === 'string' ? { code } : {};
}

/** What the network has to say of an outcome that the script's own error, or its want of one, does not tell. */
function explained(outcome: Outcome, error: FrameError | undefined, { transport }: RunBridge): FrameError | undefined {
  const cause = outcome === 'egress_denied' ? transport.denial() : transport.lastFailure();
  if (cause === undefined || (outcome !== 'egress_denied' && outcome !== 'store_unreachable')) return error;
  const code = typeof cause.code === 'string' ? { code: cause.code } : {};
  const text = cause.message.slice(0, CAUSE_LENGTH_MAX);
  if (error === undefined) return { name: 'Error', message: text, ...code };
  if (outcome !== 'egress_denied' || error.message.includes(text)) return error;
  return { ...error, message: `${error.message} (${text})` };
}

/** What a call into the isolate that failed means: a limit, or an unhandled rejection that ivm hands on. */
function endingOfAbort(error: unknown, frame: RunFrame, bridge: RunBridge): Ending {
  const outcome = outcomeOfAbort(error);
  const thrown = error instanceof Error ? error : new Error(String(error));
  const { name, message: text, stack } = thrown;
  if (outcome === 'timed_out' || outcome === 'out_of_memory') {
    return { outcome, error: { name: 'Error', message: message(outcome, frame), ...placeIn(stack) }, clean: false };
  }
  const code = codeOf(thrown, bridge);
  const reported = { name, message: text, ...code, ...placeIn(stack), chain: [{ name, message: text, ...code }] };
  const report: RunReport = { kind: 'threw', error: reported };
  const classified = classify(report, bridge.transport);
  const explanation = explained(classified, toFrameError(reported), bridge);
  return { outcome: classified, ...(explanation && { error: explanation }), clean: false };
}

async function endingOfReport(report: RunReport, frame: RunFrame, lease: Lease, bridge: RunBridge): Promise<Ending> {
  const outcome = classify(report, bridge.transport);
  const clean = outcome !== 'quota_exceeded' && outcome !== 'out_of_memory' && report.uncaught !== true;
  const error = explained(outcome, report.error && toFrameError(report.error), bridge);
  if (report.error === undefined || error === undefined) {
    const result = report.resultJson === undefined ? {} : { resultJson: report.resultJson };
    return { outcome, clean, ...result, ...(error && { error }) };
  }
  if (error.name !== 'SyntaxError' || report.kind !== 'syntax_error') return { outcome, error, clean };
  return {
    outcome,
    error: { ...error, ...(await findSyntaxProblem(frame.source, frame.functionName, lease.slot)) },
    clean,
  };
}

const overQuota = (text: string): Ending => ({
  outcome: 'quota_exceeded',
  error: { name: 'Error', message: text, code: 'QUOTA_EXCEEDED' },
  clean: false,
});

/** Asks what the isolate holds after the run. */
function lookAtMemory(lease: Lease): void {
  if (lease.slot.isDisposed()) return;
  lease.memory = lease.slot.memoryInUse().catch(() => undefined);
  void lease.memory.then((memory) => {
    lease.heapBytes = memory?.heapBytes;
  });
}

/**
 * Waits until servers have let go of the connections that drivers have taken leave of; not past the run's deadline, nor once
 * the run is given up: its supervisor would take the host for stuck.
 */
const left = (bridge: RunBridge, leftMs: number, givenUp: Promise<void>): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, Math.min(LIMITS.settleMs, leftMs));
    const once = (): void => resolve(clearTimeout(late));
    bridge.whenLeft(once);
    void givenUp.then(once);
  });

/**
 * Waits for what the run left open to close by itself, which drivers do a little after their `end`, and for what of it is
 * still at work in the isolate.
 */
async function settled(bridge: RunBridge, slot: Slot): Promise<boolean> {
  const untilMs = performance.now() + LIMITS.settleMs;
  while (!bridge.isQuiet() && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS));
  return (await slot.isLeft(LIMITS.settleMs)) && bridge.isQuiet();
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
  const cpuBefore = slot.cpuNs();
  const processCpuBefore = process.cpuUsage();
  const leftMs = (): number => Math.max(1, Math.ceil(deadlineMs - performance.now()));
  const crossings = createCrossings();
  const givenUp = Promise.withResolvers<void>();
  let [ended, wasCut] = [false, false];

  const finish = async (ending: Ending | Promise<Ending>): Promise<void> => {
    if (ended) return;
    ended = true;
    const wallMs = performance.now() - startedAtMs;
    const cpuMs = cpuMsOf(slot.cpuNs() - cpuBefore, process.cpuUsage(processCpuBefore));
    const waited = { ...waitedMs(bridge), crossings: crossings.count() };
    const { clean, ...result } = await ending;
    clearTimeout(timer);
    // As after an `end` in Node: who hears of the result may want a connection where there is room for one alone.
    if (clean) await left(bridge, leftMs(), givenUp.promise);
    const { opened: connectionsOpened, reused: connectionsReused } = bridge.connections;
    const send = (heapBytes: number): void => {
      const usage = { wallMs, cpuMs, heapBytes, connectionsOpened, connectionsReused, ...waited };
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
    onDone: (report) => void finish(endingOfReport(report, frame, lease, bridge)),
    onQuota: ({ message: text }) => void finish(overQuota(text)),
  });
  const abort: ActiveRun['abort'] = (outcome, text) => {
    givenUp.resolve();
    void finish({ outcome, error: { name: 'Error', message: text }, busy: slot.isBusy(), clean: false });
  };
  const expire = (): void => abort('timed_out', message('timed_out', frame));
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
