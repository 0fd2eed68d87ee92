import type { RunScriptResponse } from '@userferry/contracts/runner/v1/script_runner_service';
import { outcomeNumber, type RunResult, type ScriptError } from '@userferry/script-contract';

/** A run's end as it goes over the wire. */
export const toRunResponse = ({
  outcome,
  resultJson,
  error,
  logs,
  usage,
  retryAfterMs = 0,
}: RunResult): RunScriptResponse => ({
  outcome: outcomeNumber(outcome),
  resultJson: Buffer.from(resultJson ?? ''),
  error: error && toWireError(error),
  logs: logs.map((line) => ({ ...line })),
  usage: { ...usage, heapBytes: BigInt(Math.round(usage.heapBytes)) },
  retryAfterMs: BigInt(Math.round(retryAfterMs)),
});

export const toWireError = ({ name, message, code = '', line = 0, column = 0 }: ScriptError) => ({
  name,
  message,
  code,
  line,
  column,
});
