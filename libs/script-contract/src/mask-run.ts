import { isMeaningfulName } from './judge-throw.ts';
import type { RunResult, ScriptError } from './outcomes.ts';

type Mask = (text: string) => string;

const maskedError = (error: ScriptError, mask: Mask): ScriptError => ({
  ...error,
  name: isMeaningfulName(error.name) ? error.name : mask(error.name),
  message: mask(error.message),
  ...(error.code !== undefined && { code: mask(error.code) }),
});

/**
 * A run with what a script printed and threw masked: console lines, message, code, and the error's name unless the contract knows
 * it, which decides what the error means.
 */
export const maskRun = <Run extends Pick<RunResult, 'error' | 'logs'>>(run: Run, mask: Mask): Run => ({
  ...run,
  ...(run.error !== undefined && { error: maskedError(run.error, mask) }),
  logs: run.logs.map((line) => ({ ...line, text: mask(line.text) })),
});
