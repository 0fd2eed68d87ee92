import type { handleServerStreamingCall, Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

type Stream = handleServerStreamingCall<unknown, unknown>;

/**
 * The same server, for services of other people's whose streams end when their caller ends them and never before (`Watch`
 * of health, reflection): here they end with OK when the server stops, which would wait for them else.
 */
export const endingStreams = (server: Server, stopping: AbortSignal): Server => {
  const ending =
    (handler: Stream): Stream =>
    (call) => {
      const end = () => call.end();
      stopping.addEventListener('abort', end, { once: true });
      call.once('close', () => stopping.removeEventListener('abort', end));
      call.once('cancelled', () => stopping.removeEventListener('abort', end));
      handler(call);
      if (stopping.aborted) end();
    };
  const implement = (definition: ServiceDefinition, implementation: UntypedServiceImplementation) => {
    // Implementations are named by the method's name as it is in the contract, or in lower camel case.
    const methods = Object.entries(definition).flatMap(([name, method]) =>
      [name, method.originalName].map((each) => [each, method] as const),
    );
    const streams = new Set(methods.filter(([, { responseStream }]) => responseStream).map(([name]) => name));
    return Object.fromEntries(
      Object.entries(implementation).map(([name, handler]) => [
        name,
        streams.has(name) ? ending(handler as Stream) : handler,
      ]),
    );
  };
  const addService = (definition: ServiceDefinition, implementation: UntypedServiceImplementation) =>
    server.addService(definition, implement(definition, implementation));
  return Object.assign(Object.create(server) as Server, { addService });
};
