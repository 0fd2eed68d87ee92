import type { ServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';

/** The one line of a call that failed: our own failures with their cause, refusals with what was told. */
export const logFailure = (log: Logger, error: ServiceError, facts: Readonly<Record<string, unknown>>): void => {
  const { reason } = error;
  if (reason === 'INTERNAL') log.error({ ...facts, reason, err: error.cause ?? error }, 'call failed');
  else log.warn({ ...facts, reason, detail: error.message }, 'call refused');
};
