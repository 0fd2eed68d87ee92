import { type Client, connectivityState, status } from '@grpc/grpc-js';
import { ServiceError, toServiceError } from '@userferry/errors';
import type { SentCall } from './watch-sent-call.ts';

/** What becomes of a call that grpc-js did not take, but threw: that of a client that was closed, as a rule. */
export const notSent = (raw: Client, method: string, thrown: unknown, watched: SentCall): ServiceError => {
  const isClosed = raw.getChannel().getConnectivityState(false) === connectivityState.SHUTDOWN;
  const error = isClosed
    ? new ServiceError('SERVICE_UNAVAILABLE', `${method}: its client was closed`, { cause: thrown })
    : toServiceError(thrown);
  watched.ended(status[error.code]);
  return error;
};
