import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';

const MALFORMED = Symbol('malformed request');

/** Whether bytes came that are no message of the call. */
export const isMalformed = (request: unknown): boolean => request === MALFORMED;

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
