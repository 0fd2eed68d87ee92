import type { ScriptRun } from '@userferry/contracts/management/v1/connection_service';
import type { ScriptError } from '@userferry/contracts/runner/v1/script_runner_service';
import { actionOfNumber, outcomeOfNumber, type ScriptAction } from '@userferry/script-contract';
import { afterFailedRun, hasFailed } from '../outcome/failed-run.ts';

export type ScriptHealth = { readonly failing: boolean; readonly lastError: ScriptError | undefined };

const HEALTHY: ScriptHealth = { failing: false, lastError: undefined };

/**
 * How a script of this version does, by the newest of its runs for users (`runs`: the newest first). One that came to no
 * decision fails; what was too much to do, or was interrupted, says nothing of the script.
 */
export const scriptHealth = (runs: readonly ScriptRun[], version: bigint, action: ScriptAction): ScriptHealth => {
  const last = runs.find((run) => run.version === version && actionOfNumber(run.action) === action && tells(run));
  if (last === undefined) return HEALTHY;
  return isBroken(last, action) ? { failing: true, lastError: last.error } : HEALTHY;
};

const tells = ({ test, outcome: wire }: ScriptRun): boolean => {
  const outcome = outcomeOfNumber(wire);
  return !test && outcome !== undefined && outcome !== 'overloaded' && outcome !== 'killed';
};

const isBroken = ({ outcome: wire, error }: ScriptRun, action: ScriptAction): boolean => {
  const outcome = outcomeOfNumber(wire);
  if (outcome === undefined) return false;
  const run = { outcome, logs: [], usage: { wallMs: 0, cpuMs: 0, heapBytes: 0 }, ...(error && { error }) };
  return hasFailed(run) && afterFailedRun(action, run).step === 'leave_undecided';
};
