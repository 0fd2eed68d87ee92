import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';

const MALFORMED = Symbol('malformed request');

/**
 * The request, unless bytes came that are no message of the call.
 * @throws ServiceError INVALID_ARGUMENT
 */
export const wellFormed = <Request>(request: Request): Request => {
  if (request === MALFORMED) throw new ServiceError('INVALID_ARGUMENT', 'the request is no message of this call');
  return request;
};

type Method = MethodDefinition<unknown, unknown>;

const tolerantMethod = (method: Method): Method => ({
  ...method,
  requestDeserialize: (bytes) => {
    try {
      return method.requestDeserialize(bytes);
    } catch {
      return MALFORMED;
    }
  },
});

/**
 * The same service, whose requests can be looked at before they are refused: gRPC itself would answer bytes that are no
 * message as a failure of ours (INTERNAL), and quote the parser.
 */
export const tolerant = (definition: ServiceDefinition): ServiceDefinition =>
  Object.fromEntries(Object.entries(definition).map(([name, method]) => [name, tolerantMethod(method as Method)]));
