import type { ScriptRun } from '@userferry/contracts/management/v1/connection_service';
import type { LogLine, RunUsage, ScriptError } from '@userferry/contracts/runner/v1/script_runner_service';
import {
  actionNumber,
  actionOfNumber,
  isScriptAction,
  type Outcome,
  outcomeNumber,
  outcomeOfNumber,
} from '@userferry/script-contract';
import type { Json } from '@userferry/user-model';
import type { StoredRun } from '@userferry/user-store';
import { invalidField, nameOf, storable } from './fields.ts';

/** What is sealed of a run. Read with care: another version may have written it. */
type Details = {
  readonly error?: Partial<ScriptError>;
  readonly logs?: readonly Partial<LogLine>[];
  readonly usage?: Partial<Omit<RunUsage, 'heapBytes'>> & { readonly heapBytes?: number };
};

const RUN_ID_LENGTH_MAX = 200;

const usageDetails = (usage: RunUsage): { readonly [name: string]: Json } =>
  Object.fromEntries(
    Object.entries({ ...usage, heapBytes: Number(usage.heapBytes) }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );

const detailsOf = ({ error, logs, usage }: ScriptRun): { readonly [name: string]: Json } => ({
  ...(error !== undefined && { error: { ...error } }),
  logs: logs.map(({ level, text, atMs }) => ({ level, text, atMs })),
  ...(usage !== undefined && { usage: usageDetails(usage) }),
});

/** A run as it is kept, or nothing when its action or outcome is of a later version. Throws INVALID_ARGUMENT. */
export const toStoredRun = (run: ScriptRun | undefined): StoredRun | undefined => {
  if (run?.endedAt === undefined) throw invalidField('runs', 'must have an end');
  if (run.runId.length > RUN_ID_LENGTH_MAX) throw invalidField('run_id', 'is too long');
  const [action, outcome] = [actionOfNumber(run.action), outcomeOfNumber(run.outcome)];
  if (action === undefined || outcome === undefined) return undefined;
  const { endedAt, version, requestId, test } = run;
  const details = detailsOf(run);
  const ids = { runId: nameOf('run_id', run.runId), requestId: storable('request_id', requestId) };
  return { ...ids, endedAt, action, outcome, version: Number(version), test, details };
};

const wireError = (error: Partial<ScriptError>): ScriptError => ({
  name: error.name ?? '',
  message: error.message ?? '',
  code: error.code ?? '',
  line: error.line ?? 0,
  column: error.column ?? 0,
});

const wireUsage = ({ wallMs = 0, cpuMs = 0, heapBytes = 0, ...usage }: NonNullable<Details['usage']>): RunUsage => ({
  ...{ wallMs, cpuMs, heapBytes: BigInt(Math.round(heapBytes)) },
  connectionsOpened: usage.connectionsOpened,
  connectionsReused: usage.connectionsReused,
  connectMs: usage.connectMs,
  queryMs: usage.queryMs,
  hashMs: usage.hashMs,
});

/** A run of the log history as it travels; what a later version has added is left out. */
export const wireRun = ({ action, outcome, details, version, ...run }: StoredRun): ScriptRun => {
  const { error, logs = [], usage } = details as Details;
  return {
    ...run,
    version: BigInt(version),
    action: isScriptAction(action) ? actionNumber(action) : 0,
    outcome: outcomeNumber(outcome as Outcome),
    error: error && wireError(error),
    logs: logs.map(({ level = 'info', text = '', atMs = 0 }) => ({ level, text, atMs })),
    usage: usage && wireUsage(usage),
  };
};
