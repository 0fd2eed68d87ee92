import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import type { Handler } from './answer-call.ts';

/** gRPC's own default, stated: no message in either direction is larger. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

type Method = MethodDefinition<unknown, unknown>;

/**
 * The handler, whose answer is written before the call has ended: one that is too large is refused with a reason, and
 * seen in log and metrics. gRPC would say so to the caller alone.
 */
export const serialized =
  (handler: Handler<unknown, unknown>, method: Method | undefined): Handler<unknown, Buffer> =>
  async (request, call) => {
    const answer = await handler(request, call);
    const bytes = method?.responseSerialize(answer) ?? Buffer.alloc(0);
    if (bytes.length <= MESSAGE_BYTES_MAX) return bytes;
    const limit = { bytes: String(bytes.length), bytes_max: String(MESSAGE_BYTES_MAX) };
    throw new ServiceError('MESSAGE_TOO_LARGE', 'the answer is larger than 4 MiB: ask for less at once', {
      metadata: limit,
    });
  };

const asItIs = (bytes: unknown): Buffer => bytes as Buffer;

const isUnary = ({ requestStream, responseStream }: Method): boolean => !requestStream && !responseStream;

/** The same service, whose unary answers are bytes already. */
export const writtenAnswers = (definition: ServiceDefinition): ServiceDefinition =>
  Object.fromEntries(
    Object.entries(definition).map(([name, method]) => [
      name,
      isUnary(method) ? { ...method, responseSerialize: asItIs } : method,
    ]),
  );
