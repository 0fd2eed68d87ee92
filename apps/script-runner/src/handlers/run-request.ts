import {
  type RunScriptRequest,
  Isolation as WireIsolation,
} from '@userferry/contracts/runner/v1/script_runner_service';
import { ServiceError } from '@userferry/errors';
import type { RunRequest } from '@userferry/sandbox';
import {
  ADDRESS_VARIABLES,
  actionOfNumber,
  type Isolation,
  LIMITS,
  type ScriptAction,
} from '@userferry/script-contract';

/** The run that a request asks for, every field checked. Throws INVALID_ARGUMENT naming the field. */
export const toRunRequest = (request: RunScriptRequest): RunRequest & { readonly functionName: ScriptAction } => {
  const functionName = actionOfNumber(request.action);
  if (functionName === undefined) throw invalid('action', 'is not a script action');
  return {
    runId: required('run_id', request.runId),
    connectionKey: required('connection_id', request.connectionId),
    source: bounded('source', request.source, LIMITS.sourceBytesMax),
    functionName,
    argsJson: bounded('args_json', Buffer.from(request.argsJson).toString('utf8'), LIMITS.argsBytesMax),
    env: envOf(request.env),
    secretNames: atMost('secret_names', request.secretNames, Object.keys(request.env).length),
    redactProfile: request.redactProfile,
    timeoutMs: within('timeout_ms', request.timeoutMs, 1, LIMITS.timeoutMsMax) || LIMITS.timeoutMsDefault,
    memoryLimitBytes:
      within('memory_limit_bytes', request.memoryLimitBytes, LIMITS.memoryLimitBytesMin, LIMITS.memoryLimitBytesMax) ||
      LIMITS.memoryLimitBytesDefault,
    isolation: isolationOf(request.isolation),
    ...(request.egress && {
      egress: atMost('egress', request.egress.rules, LIMITS.egressRulesMax).map(({ host, port }) => ({
        host,
        port: port || ('*' as const),
      })),
    }),
  };
};

const invalid = (field: string, problem: string) =>
  new ServiceError('INVALID_ARGUMENT', `${field} ${problem}`, { metadata: { field } });

const isolationOf = (wire: WireIsolation): Isolation => {
  if (wire === WireIsolation.UNSPECIFIED) return 'warm';
  if (wire === WireIsolation.PER_RUN) return 'per_run';
  throw invalid('isolation', 'is not known here');
};

const required = (field: string, value: string): string => {
  if (value === '' || value.length > 128) throw invalid(field, 'must have 1 to 128 characters');
  return value;
};

const bounded = (field: string, value: string, bytesMax: number): string => {
  if (value === '') throw invalid(field, 'is empty');
  if (Buffer.byteLength(value) > bytesMax) throw invalid(field, `is larger than ${bytesMax} bytes`);
  return value;
};

/** Own variables and those of the address each have the limit, counted as JSON: so the migration service saves them. */
const envOf = (env: RunScriptRequest['env']): RunScriptRequest['env'] => {
  const isOfAddress = ([name]: [string, string]) => (ADDRESS_VARIABLES as readonly string[]).includes(name);
  for (const part of [true, false]) {
    const values = Object.fromEntries(Object.entries(env).filter((entry) => isOfAddress(entry) === part));
    bounded('env', JSON.stringify(values), LIMITS.envBytesMax);
  }
  return env;
};

const atMost = <T>(field: string, values: readonly T[], max: number): readonly T[] => {
  if (values.length > max) throw invalid(field, `has more than ${max} entries`);
  return values;
};

/** 0 means that the caller left the choice to us. */
const within = (field: string, value: bigint, min: number, max: number): number => {
  if (value !== 0n && (value < min || value > max)) throw invalid(field, `must be 0 or from ${min} to ${max}`);
  return Number(value);
};
