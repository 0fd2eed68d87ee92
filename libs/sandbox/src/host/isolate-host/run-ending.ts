/** How a run ended, as its result tells it: from its report, or from what broke it off. */
import type { Outcome } from '@userferry/script-contract';
import type { HostFrame, RunFrame } from '../../bridge/frames.ts';
import type { ReportedError, RunReport } from '../../bridge/operations.ts';
import { classify, outcomeOfAbort } from './classify.ts';
import { toldOfImport } from './import-call.ts';
import type { RunBridge } from './run-bridge.ts';
import { findSyntaxProblem, placeIn } from './script-place.ts';
import type { Slot } from './slot.ts';

type ResultFrame = Extract<HostFrame, { kind: 'result' }>;
type FrameError = NonNullable<ResultFrame['error']>;
/** `clean`: its isolate may serve another run, once it is quiet. */
export type Ending = Pick<ResultFrame, 'outcome' | 'resultJson' | 'error' | 'busy'> & { readonly clean: boolean };

const CAUSE_LENGTH_MAX = 1024;

/** What is said of a run that came to a limit of its own. */
export const limitMessage = (outcome: 'timed_out' | 'out_of_memory', frame: RunFrame): string =>
  outcome === 'timed_out'
    ? `The script did not finish within ${frame.timeoutMs} ms`
    : `The script used more than ${Math.round(frame.memoryLimitBytes / 1024 / 1024)} MB of memory`;

/** An error of a script with this source, as the frame carries it. */
function toFrameError(error: ReportedError, source: string): FrameError {
  const { chain: _chain, ...rest } = toldOfImport(error, source);
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
export function endingOfAbort(error: unknown, frame: RunFrame, bridge: RunBridge): Ending {
  const outcome = outcomeOfAbort(error);
  const thrown = error instanceof Error ? error : new Error(String(error));
  const { name, message: text, stack } = thrown;
  if (outcome === 'timed_out' || outcome === 'out_of_memory') {
    return {
      outcome,
      error: { name: 'Error', message: limitMessage(outcome, frame), ...placeIn(stack) },
      clean: false,
    };
  }
  const code = codeOf(thrown, bridge);
  const reported = { name, message: text, ...code, ...placeIn(stack), chain: [{ name, message: text, ...code }] };
  const report: RunReport = { kind: 'threw', error: reported };
  const classified = classify(report, bridge.transport);
  const explanation = explained(classified, toFrameError(reported, frame.source), bridge);
  return { outcome: classified, ...(explanation && { error: explanation }), clean: false };
}

export async function endingOfReport(
  report: RunReport,
  frame: RunFrame,
  slot: Slot,
  bridge: RunBridge,
): Promise<Ending> {
  const outcome = classify(report, bridge.transport);
  const clean = outcome !== 'quota_exceeded' && outcome !== 'out_of_memory' && report.uncaught !== true;
  const error = explained(outcome, report.error && toFrameError(report.error, frame.source), bridge);
  if (report.error === undefined || error === undefined) {
    const result = report.resultJson === undefined ? {} : { resultJson: report.resultJson };
    return { outcome, clean, ...result, ...(error && { error }) };
  }
  if (error.name !== 'SyntaxError' || report.kind !== 'syntax_error') return { outcome, error, clean };
  return {
    outcome,
    error: { ...error, ...(await findSyntaxProblem(frame.source, frame.functionName, slot)) },
    clean,
  };
}

export const overQuota = (text: string): Ending => ({
  outcome: 'quota_exceeded',
  error: { name: 'Error', message: text, code: 'QUOTA_EXCEEDED' },
  clean: false,
});
