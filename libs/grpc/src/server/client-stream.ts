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
    const { next, close } = hearing(call, options.stopping);
    const answering = { read: () => next, handler, isStream: true };
    answerCall(call, answering, options)
      .finally(close)
      .then(
        (response) => callback(null, response),
        (error) => callback(toStatus(error)),
      );
  };

/**
 * What a call still has to say. A server outlives its calls: what is left with `stopping` after `close` would keep every
 * request of every call.
 */
const hearing = <Request>(requests: AsyncIterable<Request>, stopping: AbortSignal) => {
  const iterator = requests[Symbol.asyncIterator]();
  const { promise: noMore, resolve } = Promise.withResolvers<undefined>();
  const close = (): void => {
    stopping.removeEventListener('abort', close);
    resolve(undefined);
  };
  stopping.addEventListener('abort', close);
  if (stopping.aborted) close();
  const next: NextRequest<Request> = async () => {
    const heard = await Promise.race([iterator.next(), noMore]);
    return heard === undefined || heard.done ? undefined : wellFormed(heard.value);
  };
  return { next, close };
};
