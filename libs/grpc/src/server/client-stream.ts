import type { handleClientStreamingCall } from '@grpc/grpc-js';
import type { CallFacts } from '../call-facts.ts';
import { toStatus } from '../status.ts';
import { answerCall } from './answer-call.ts';
import { wellFormed } from './malformed-request.ts';
import type { StreamOptions } from './server-stream.ts';

/**
 * The caller's next request; `undefined`: no other comes, because the caller has said all or has hung up, or it would come
 * too late, since the server stops.
 */
export type NextRequest<Request> = () => Promise<Request | undefined>;

/** Answers once, whatever was said until then. */
export type ListeningHandler<Request, Response> = (next: NextRequest<Request>, call: CallFacts) => Promise<Response>;

/** Stands around a handler that hears several requests, as `unary` does around the others. */
export const clientStream =
  <Request, Response>(
    handler: ListeningHandler<Request, Response>,
    options: StreamOptions,
  ): handleClientStreamingCall<Request, Response> =>
  (call, callback) => {
    // A caller that is gone already is told nothing; without a listener its broken stream would end the process.
    call.on('error', () => undefined);
    const listen = (requests: AsyncIterator<Request>, facts: CallFacts) =>
      handler(nextOf(requests, AbortSignal.any([facts.signal, options.stopping])), facts);
    const answering = { read: () => call[Symbol.asyncIterator](), handler: listen, isStream: true };
    answerCall(call, answering, options).then(
      (response) => callback(null, response),
      (error) => callback(toStatus(error)),
    );
  };

const nextOf = <Request>(requests: AsyncIterator<Request>, over: AbortSignal): NextRequest<Request> => {
  const noMore = new Promise<undefined>((resolve) => {
    if (over.aborted) resolve(undefined);
    else over.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  return async () => {
    const next = await Promise.race([requests.next(), noMore]);
    return next === undefined || next.done ? undefined : wellFormed(next.value);
  };
};
