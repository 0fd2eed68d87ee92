import { toServiceError } from '@userferry/errors';
import type { CallFacts } from '../call-facts.ts';
import { type AdmissionOptions, aborted, admitCall, requestIdOf, type ServerCall } from './admit-call.ts';
import { logFailure } from './log-failure.ts';
import { watchCall } from './watch-call.ts';

export type Handler<Request, Response> = (request: Request, call: CallFacts) => Promise<Response>;

/** A request that is read once its caller is known, and who answers it. */
export type Answering<Request, Response> = {
  /** @throws ServiceError INVALID_ARGUMENT for what is no request */
  readonly read: () => Request;
  readonly handler: Handler<Request, Response>;
  /** It waits for what its caller still has to say: its length is no latency. */
  readonly isStream?: boolean;
};

/**
 * Stands around every handler, however the call came: request id, deadline, who calls, one log line and one span for each
 * call. The log line holds the method, the caller, the time and the reason; nothing of request or response.
 * @throws ServiceError, and nothing else
 */
export const answerCall = async <Request, Response>(
  call: ServerCall,
  answering: Answering<Request, Response>,
  options: AdmissionOptions,
): Promise<Response> => {
  const watched = watchCall(call.getPath(), call.metadata, { isStream: answering.isStream ?? false });
  const requestId = requestIdOf(call.metadata);
  const log = options.log.child({ requestId, method: call.getPath(), ...watched.span.ids });
  const ms = () => Math.round(watched.ms() * 10) / 10;
  try {
    const response = await watched.span.run(() => respond(call, answering, { ...options, log }, requestId));
    log.info({ ms: ms() }, 'call');
    watched.ended();
    return response;
  } catch (thrown) {
    const error = toServiceError(thrown);
    logFailure(log, error, { ms: ms() });
    watched.ended(error);
    throw error;
  }
};

const respond = async <Request, Response>(
  call: ServerCall,
  { read, handler }: Answering<Request, Response>,
  options: AdmissionOptions,
  requestId: string,
): Promise<Response> => {
  const { facts, isTimedOut, close } = await admitCall(call, options, requestId);
  try {
    return await Promise.race([handler(read(), facts), aborted(facts.signal, isTimedOut)]);
  } finally {
    close();
  }
};
