import type { RunResult, ScriptError } from '@userferry/script-contract';
import type { ScriptRun } from '../connection/script-run.ts';
import { maskPasswords } from './mask-passwords.ts';

/** What the log history keeps of a run: neither arguments nor result nor `env`. */
export type EndedRun = Pick<ScriptRun, 'runId' | 'userPoolId' | 'action' | 'version' | 'test'> &
  Pick<RunResult, 'outcome' | 'error' | 'logs' | 'usage'> & { readonly endedAt: Date; readonly requestId: string };

type When = { readonly endedAt: Date; readonly requestId: string };

/** A run as it is kept. Scripts print and throw what they like: the password that a user typed is taken out. */
export const endedRun = (
  { runId, userPoolId, action, version, test, passwords }: ScriptRun,
  { outcome, error, logs, usage }: RunResult,
  when: When,
): EndedRun => ({
  ...when,
  ...{ runId, userPoolId, action, version, test, outcome, usage },
  ...(error !== undefined && { error: maskedError(error, passwords) }),
  logs: logs.map((line) => ({ ...line, text: maskPasswords(line.text, passwords) })),
});

const maskedError = (error: ScriptError, passwords: readonly string[]): ScriptError => ({
  ...error,
  name: maskPasswords(error.name, passwords),
  message: maskPasswords(error.message, passwords),
  ...(error.code !== undefined && { code: maskPasswords(error.code, passwords) }),
});
