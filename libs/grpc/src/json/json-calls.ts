import { Metadata, type MethodDefinition } from '@grpc/grpc-js';
import { REQUEST_ID_HEADER, TRACEPARENT_HEADER } from '../call-facts.ts';
import type { AdmissionOptions, ServerCall } from '../server/admit-call.ts';
import type { Handler } from '../server/answer-call.ts';
import { answerCall } from '../server/answer-call.ts';
import type { ServiceHandlers } from '../server/create-server.ts';
import { jsonMapping } from './json-message.ts';

/** A call whose request came as JSON, by whatever way. */
export type JsonCall = {
  /** The secret of the caller: an API key or a token; empty: none. */
  readonly credential: string;
  /** As `requestIdFrom` gives it. */
  readonly requestId: string;
  readonly traceparent?: string | undefined;
  readonly text: string;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
};

/** Answers with JSON. Throws ServiceError, and nothing else. */
export type AnswerJson = (call: JsonCall) => Promise<string>;

/**
 * The calls of services in JSON, by `Service/Method`: the handlers of gRPC in the same process, admitted, watched and logged
 * in the same way. Calls whose answer is a stream are left out.
 */
export const jsonCalls = (
  services: readonly ServiceHandlers[],
  options: AdmissionOptions,
): ReadonlyMap<string, AnswerJson> =>
  new Map(
    services.flatMap(({ definition, handlers }) =>
      Object.entries(handlers).flatMap(([name, handler]): [string, AnswerJson][] => {
        const method = definition[name];
        if (method === undefined || method.responseStream) return [];
        return [[nameOf(method.path), answerJson(method, handler as Handler<unknown, unknown>, options)]];
      }),
    ),
  );

/** `/userferry.management.v1.UserPoolService/GetUserPool` → `UserPoolService/GetUserPool`. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

const answerJson = (
  method: MethodDefinition<unknown, unknown>,
  handler: Handler<unknown, unknown>,
  options: AdmissionOptions,
): AnswerJson => {
  const { toRequest, fromResponse } = jsonMapping(method.path);
  return async (call) => {
    const read = () => method.requestDeserialize(Buffer.from(toRequest(call.text)));
    const bytes = async (request: unknown, facts: Parameters<typeof handler>[1]) =>
      fromResponse(method.responseSerialize(await handler(request, facts)));
    return answerCall(asServerCall(method.path, call), { read, handler: bytes }, options);
  };
};

const asServerCall = (path: string, { credential, requestId, traceparent, signal }: JsonCall): ServerCall => {
  const metadata = new Metadata();
  metadata.set(REQUEST_ID_HEADER, requestId);
  if (credential !== '') metadata.set('authorization', `Bearer ${credential}`);
  if (traceparent !== undefined) metadata.set(TRACEPARENT_HEADER, traceparent);
  return {
    // A signal that has aborted says so to no listener.
    cancelled: signal.aborted,
    metadata,
    // As long as the server lets a call take.
    getDeadline: () => Number.POSITIVE_INFINITY,
    getPath: () => path,
    on: (_, listener) => signal.addEventListener('abort', listener, { once: true }),
  };
};
