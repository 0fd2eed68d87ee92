import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Logger } from '@userferry/process';
import { HealthImplementation } from 'grpc-health-check';
import type { Authenticate } from './authenticate.ts';
import { tolerant } from './malformed-request.ts';
import { addReflection } from './reflection.ts';
import { type StreamHandler, serverStream } from './server-stream.ts';
import { type Handler, unary } from './unary.ts';

/** gRPC's own default, stated: no message in either direction is larger. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** How long a stopping server lets running calls finish before it cuts them off. */
const GRACE_MS = 10_000;

/** How long a stream stays open before its caller has to open it again, and is balanced anew. */
const STREAM_MS_MAX = 3_600_000;

/** A service and its handlers, one for each RPC, named as in the contract. */
export type ServiceHandlers = {
  readonly definition: ServiceDefinition;
  // The generated definition names requests and responses; `service()` checks the handlers against it.
  readonly handlers: Readonly<Record<string, Handler<never, unknown> | StreamHandler<never, unknown>>>;
};

export type ServerOptions = {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly services: readonly ServiceHandlers[];
  readonly authenticate: Authenticate;
  readonly log: Logger;
  readonly callMsMax: number;
  /** The same for calls whose answer is a stream; an hour by default. */
  readonly streamMsMax?: number;
  /** More names that the health service answers for: SERVING where true. */
  readonly healthFacts?: Readonly<Record<string, boolean>>;
};

export type RunningServer = AsyncDisposable & {
  readonly port: number;
  /** Turns the standard health service to SERVING or NOT_SERVING. */
  setServing(serving: boolean): void;
};

/** Starts a gRPC server with health and reflection. Disposing it: NOT_SERVING, drain, then cut off. */
export const createServer = async (options: ServerOptions): Promise<RunningServer> => {
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
    'grpc.keepalive_time_ms': 30_000,
  });
  const stopping = new AbortController();
  for (const each of options.services)
    server.addService(tolerant(each.definition), implement(each, options, stopping.signal));
  const names = options.services.map(({ definition }) => serviceName(definition));
  const known = { ...Object.fromEntries(['', ...names].map((name) => [name, true])), ...options.healthFacts };
  const statuses = (serving: boolean) =>
    Object.entries(known).map(([name, is]) => [name, serving && is ? 'SERVING' : 'NOT_SERVING'] as const);
  const health = new HealthImplementation(Object.fromEntries(statuses(true)));
  health.addToServer(server);
  addReflection(server, [...names, 'grpc.health.v1.Health']);
  const port = await bind(server, `${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`);
  const setServing = (serving: boolean) => {
    for (const [name, status] of statuses(serving)) health.setStatus(name, status);
  };
  const stop = async () => {
    setServing(false);
    stopping.abort();
    await drain(server);
  };
  return { port, setServing, [Symbol.asyncDispose]: stop };
};

const implement = (
  { definition, handlers }: ServiceHandlers,
  options: ServerOptions,
  stopping: AbortSignal,
): UntypedServiceImplementation => {
  const forStreams = { ...options, callMsMax: options.streamMsMax ?? STREAM_MS_MAX, stopping };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      definition[name]?.responseStream
        ? serverStream(handler as StreamHandler<unknown, unknown>, forStreams)
        : unary(handler as Handler<unknown, unknown>, options),
    ]),
  );
};

/** `/package.Service/Method` of any method names the service. */
const serviceName = (definition: ServiceDefinition): string => {
  const [first] = Object.values(definition);
  return first?.path.split('/')[1] ?? '';
};

const bind = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(new Error(`cannot listen on ${address}: ${error.message}`));
      else resolve(port);
    });
  });

const drain = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cutOff = setTimeout(() => server.forceShutdown(), GRACE_MS);
    server.tryShutdown(() => {
      clearTimeout(cutOff);
      resolve();
    });
  });
