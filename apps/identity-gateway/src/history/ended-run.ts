import { passwordMask, type TextMask } from '@userferry/masking';
import { isMeaningfulName, type RunResult, type ScriptError } from '@userferry/script-contract';
import type { ScriptRun } from '../connection/script-run.ts';

/** What the log history keeps of a run: neither arguments nor result nor `env`. */
export type EndedRun = Pick<ScriptRun, 'runId' | 'userPoolId' | 'action' | 'version' | 'test'> &
  Pick<RunResult, 'outcome' | 'error' | 'logs' | 'usage'> & { readonly endedAt: Date; readonly requestId: string };

type When = { readonly endedAt: Date; readonly requestId: string };

/** A run as it is kept. Scripts print and throw what they like: the password that a user typed is taken out. */
export const endedRun = (
  { runId, userPoolId, action, version, test, passwords }: ScriptRun,
  { outcome, error, logs, usage }: RunResult,
  when: When,
): EndedRun => {
  const mask = passwordMask(passwords);
  return {
    ...when,
    ...{ runId, userPoolId, action, version, test, outcome, usage },
    ...(error !== undefined && { error: maskedError(error, mask) }),
    logs: logs.map((line) => ({ ...line, text: mask(line.text) })),
  };
};

const maskedError = (error: ScriptError, mask: TextMask): ScriptError => ({
  ...error,
  name: isMeaningfulName(error.name) ? error.name : mask(error.name),
  message: mask(error.message),
  ...(error.code !== undefined && { code: mask(error.code) }),
});
