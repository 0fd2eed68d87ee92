import type { StatusObject } from '@grpc/grpc-js';
import { type Reason, ServiceError } from '@userferry/errors';
import { fromStatus } from '../status.ts';
import type { SentContext } from './sent-metadata.ts';

/** What a service says that does not take calls of another: of that one's token or certificate, not of whom it works for. */
const REFUSALS: ReadonlySet<Reason> = new Set<Reason>(['UNAUTHENTICATED', 'PEER_UNKNOWN', 'PEER_NOT_ALLOWED']);

/**
 * How a call failed. Where one service of ours refuses another, that one's own caller may know that the two do not work
 * together, and is told nothing of the key that it showed. Such a call has not begun; what was said stays in the process, as
 * the cause.
 */
export const failureOf = (
  status: StatusObject,
  method: string,
  { isOwn }: Pick<SentContext, 'isOwn'>,
): ServiceError => {
  const error = fromStatus(status, method);
  return isOwn && REFUSALS.has(error.reason)
    ? new ServiceError('SERVICE_UNAVAILABLE', 'a service does not take calls of another one of this deployment', {
        metadata: { begun: 'no' },
        cause: error,
      })
    : error;
};

/** Whether a call failed because one service of ours refuses another. */
export const isRefusedByOurOwn = (error: unknown): boolean =>
  error instanceof ServiceError &&
  error.reason === 'SERVICE_UNAVAILABLE' &&
  error.cause instanceof ServiceError &&
  REFUSALS.has(error.cause.reason);
