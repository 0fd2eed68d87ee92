import type {
  CallOptions,
  Client,
  ClientWritableStream,
  ServiceError as GrpcError,
  Metadata,
  requestCallback,
} from '@grpc/grpc-js';
import { notSent } from './not-sent.ts';
import { failureOf } from './refused-by-our-own.ts';
import { type Method, type SentContext, sentMetadata } from './sent-metadata.ts';
import { watchSentCall } from './watch-sent-call.ts';

/** A call that says several things and is answered once. */
export type OpenCall<Request, Response> = {
  /** What is said after the call has ended goes nowhere: `answer` tells how it ended. */
  readonly send: (request: Request) => void;
  /** Nothing more is said. */
  readonly end: () => void;
  /** May be left alone: a failure of which nobody wants to know is none of the process. */
  readonly answer: Promise<Response>;
};

export type ClientStreamMethod<Request, Response> = (
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: requestCallback<Response>,
) => ClientWritableStream<Request>;

/** Opens a call of a method whose requests are a stream. It is sent once, whatever becomes of it, and never throws. */
export const openCall = (
  raw: Client,
  { service, method }: Method,
  context: SentContext,
): OpenCall<unknown, unknown> => {
  const { promise: answer, resolve, reject } = Promise.withResolvers<unknown>();
  answer.catch(() => undefined);
  const { signal, deadlineMs: deadline } = context;
  const watched = watchSentCall(service, method, { isStream: true });
  let call: ClientWritableStream<unknown> | undefined;
  const ended = (error: GrpcError | null, response?: unknown): void => {
    call = undefined;
    signal?.removeEventListener('abort', onAbort);
    watched.ended(error?.code);
    if (error) reject(failureOf(error, method, context));
    else resolve(response);
  };
  const onAbort = () => call?.cancel();
  try {
    const open = (raw as unknown as Record<string, unknown>)[method] as ClientStreamMethod<unknown, unknown>;
    call = open.call(raw, sentMetadata(context, watched), { deadline }, ended);
    // Its end is told by the answer.
    call.on('error', () => undefined);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  } catch (error) {
    reject(notSent(raw, method, error, watched));
  }
  // What is written after the end would count against what grpc-js keeps for repeats, for as long as the channel lives.
  return { send: (request) => void call?.write(request), end: () => void call?.end(), answer };
};
