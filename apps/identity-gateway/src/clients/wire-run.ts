import type {
  RunScriptRequest,
  RunScriptResponse,
  RunUsage as WireUsage,
} from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import {
  actionNumber,
  type LogLevel,
  outcomeOfNumber,
  type RunResult,
  type RunUsage,
  type ScriptError,
} from '@userferry/script-contract';
import type { ScriptRun } from '../connection/script-run.ts';
import { toWireIsolation } from './store-facts.ts';

export const NO_USAGE = { wallMs: 0, cpuMs: 0, heapBytes: 0 } as const;

export const toRequest = (run: ScriptRun): RunScriptRequest => ({
  runId: run.runId,
  connectionId: run.connectionId,
  action: actionNumber(run.action),
  source: run.source ?? '',
  argsJson: Buffer.from(run.argsJson),
  env: { ...run.env },
  secretNames: [...run.secretNames],
  redactProfile: run.redactProfile,
  egress: run.egress.length === 0 ? undefined : { rules: run.egress.map((rule) => ({ ...rule })) },
  timeoutMs: BigInt(run.timeoutMs),
  memoryLimitBytes: 0n,
  isolation: toWireIsolation(run.isolation),
});

export const fromResponse = (response: RunScriptResponse): RunResult => {
  const outcome = outcomeOfNumber(response.outcome);
  if (outcome === undefined)
    throw new ServiceError('INTERNAL', 'the script-runner said an outcome that is not known here');
  return {
    outcome,
    ...(response.resultJson.length > 0 && { resultJson: Buffer.from(response.resultJson).toString('utf8') }),
    ...(response.error && { error: fromWireError(response.error) }),
    logs: response.logs.map(({ level, text, atMs }) => ({ level: level as LogLevel, text, atMs })),
    usage: response.usage === undefined ? NO_USAGE : fromWireUsage(response.usage),
    ...(response.retryAfterMs > 0n && { retryAfterMs: Number(response.retryAfterMs) }),
  };
};

const fromWireUsage = ({ heapBytes, ...usage }: WireUsage): RunUsage => ({
  ...known(usage),
  heapBytes: Number(heapBytes),
});

/** Without what is not known. */
const known = <T extends object>(usage: T) =>
  Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };

export const fromWireError = (error: {
  name: string;
  message: string;
  code: string;
  line: number;
  column: number;
}): ScriptError => ({
  name: error.name,
  message: error.message,
  ...(error.code !== '' && { code: error.code }),
  ...(error.line > 0 && { line: error.line }),
  ...(error.column > 0 && { column: error.column }),
});
