import { passwordMask } from '@userferry/masking';
import { maskRun, type RunResult } from '@userferry/script-contract';
import type { ScriptRun } from '../connection/script-run.ts';
import { heldToContract } from './held-to-contract.ts';

/** What the log history keeps of a run: neither arguments nor result nor `env`. */
export type EndedRun = Pick<ScriptRun, 'runId' | 'userPoolId' | 'action' | 'version' | 'test'> &
  Pick<RunResult, 'outcome' | 'error' | 'logs' | 'usage'> & { readonly endedAt: Date; readonly requestId: string };

type When = { readonly endedAt: Date; readonly requestId: string };

/** A run as it is kept. Scripts print and throw what they like: the password that a user typed is taken out. */
export const endedRun = (
  { runId, userPoolId, action, version, test, passwords }: ScriptRun,
  result: RunResult,
  when: When,
): EndedRun => {
  const { outcome, error, logs, usage } = maskRun(heldToContract(action, result), passwordMask(passwords));
  return {
    ...when,
    ...{ runId, userPoolId, action, version, test, outcome, usage, logs },
    ...(error !== undefined && { error }),
  };
};
