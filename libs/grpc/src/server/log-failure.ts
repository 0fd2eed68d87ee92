import { REASONS, type ServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';
import { isRefusedByOurOwn } from '../client/refused-by-our-own.ts';

/** Why it was refused, where that is ours: what is the caller's may quote what they sent. */
const causeOf = ({ reason, cause }: ServiceError): { readonly cause?: string } =>
  REASONS[reason].blame === 'us' && cause instanceof Error ? { cause: cause.message } : {};

/**
 * The one line of a call that failed: our own failures, services that refuse each other among them, with their cause,
 * refusals with what was told, and a word of the cause where it is ours.
 */
export const logFailure = (log: Logger, error: ServiceError, facts: Readonly<Record<string, unknown>>): void => {
  const { reason } = error;
  if (reason === 'INTERNAL' || isRefusedByOurOwn(error))
    log.error({ ...facts, reason, err: reason === 'INTERNAL' ? (error.cause ?? error) : error }, 'call failed');
  else log.warn({ ...facts, reason, detail: error.message, ...causeOf(error) }, 'call refused');
};
