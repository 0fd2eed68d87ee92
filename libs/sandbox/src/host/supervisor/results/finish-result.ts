import { masksTogether } from '@userferry/masking';
import { checkResult, isScriptAction, LIMITS, maskRun, type RunResult } from '@userferry/script-contract';
import type { RunRequest } from '../../../sandbox.ts';
import { hiddenIn, typedIn } from './run-masks.ts';

const NO_USAGE = { wallMs: 0, cpuMs: 0, heapBytes: 0 } as const;

/** A run that ended without the isolate host's saying so. */
export const endedResult = (
  outcome: 'timed_out' | 'out_of_memory' | 'killed' | 'overloaded',
  message: string,
  wallMs = 0,
): RunResult => ({
  outcome,
  error: { name: 'Error', message },
  logs: [],
  usage: { ...NO_USAGE, wallMs },
});

const failed = (result: RunResult, outcome: 'invalid_result' | 'quota_exceeded', message: string): RunResult => ({
  outcome,
  error: { name: 'Error', message },
  logs: result.logs,
  usage: result.usage,
});

const parse = (json: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(json) };
  } catch {
    return undefined;
  }
};

/** Holds a completed run's result against its size limit and the shape that its action promises. */
const judged = (functionName: string, result: RunResult): RunResult => {
  if (result.outcome !== 'completed') return result;
  const json = result.resultJson ?? 'null';
  if (Buffer.byteLength(json) > LIMITS.resultBytesMax)
    return failed(result, 'quota_exceeded', `the result is larger than ${LIMITS.resultBytesMax} bytes of JSON`);
  const parsed = parse(json);
  if (parsed === undefined) return failed(result, 'invalid_result', 'the result is not JSON');
  const problem = isScriptAction(functionName) ? checkResult(functionName, parsed.value) : undefined;
  return problem === undefined ? { ...result, resultJson: json } : failed(result, 'invalid_result', problem);
};

/** Does the run have a text that could hold something to mask? */
const speaks = ({ error, logs }: RunResult): boolean => error !== undefined || logs.length > 0;

/**
 * What leaves the sandbox of a run: the result checked, secrets (and with `redactProfile` the user's data) masked in the
 * error and the log lines. The result itself is for the caller and stays as it is. What the user typed is for the gateway to
 * mask: it is found there as long as nothing was masked within.
 */
export const finishResult = (request: RunRequest, raw: RunResult): RunResult => {
  const result = judged(request.functionName, raw);
  if (!speaks(result)) return result;
  return maskRun(result, masksTogether(hiddenIn(request, raw.resultJson), typedIn(request)));
};
