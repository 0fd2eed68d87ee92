import type { handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js';
import { toServiceError } from '@userferry/errors';
import type { CallFacts } from '../call-facts.ts';
import { toStatus } from '../status.ts';
import { type AdmissionOptions, aborted, admitCall, requestIdOf } from './admit-call.ts';
import { logFailure } from './log-failure.ts';
import { watchCall } from './watch-call.ts';

export type Handler<Request, Response> = (request: Request, call: CallFacts) => Promise<Response>;

/**
 * Stands around every handler: request id, deadline, who calls, one log line and one span for each call, errors as
 * statuses.
 * The log line holds the method, the caller, the time and the reason; nothing of request or response.
 */
export const unary =
  <Request, Response>(
    handler: Handler<Request, Response>,
    options: AdmissionOptions,
  ): handleUnaryCall<Request, Response> =>
  (call, callback) => {
    const watched = watchCall(call.getPath(), call.metadata, { isStream: false });
    const requestId = requestIdOf(call.metadata);
    const log = options.log.child({ requestId, method: call.getPath(), ...watched.span.ids });
    const ms = () => Math.round(watched.ms() * 10) / 10;
    const responded = watched.span.run(() => respond(call, handler, { ...options, log }, requestId));
    responded.then(
      (response) => {
        log.info({ ms: ms() }, 'call');
        watched.ended();
        callback(null, response);
      },
      (thrown: unknown) => {
        const error = toServiceError(thrown);
        logFailure(log, error, { ms: ms() });
        watched.ended(error);
        callback(toStatus(error));
      },
    );
  };

const respond = async <Request, Response>(
  call: ServerUnaryCall<Request, Response>,
  handler: Handler<Request, Response>,
  options: AdmissionOptions,
  requestId: string,
): Promise<Response> => {
  const { facts, isTimedOut, close } = await admitCall(call, call.request, options, requestId);
  try {
    return await Promise.race([handler(call.request, facts), aborted(facts.signal, isTimedOut)]);
  } finally {
    close();
  }
};
