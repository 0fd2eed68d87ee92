import { Server, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Logger } from '@userferry/process';
import { HealthImplementation } from 'grpc-health-check';
import { type ServerTls, serverCredentials } from '../tls/credentials.ts';
import { refuseStrangers } from '../tls/refuse-strangers.ts';
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

/**
 * How long a connection over TLS lives, give or take a tenth: so long may one last that was made with a certificate, or
 * under an authority, that is not valid any more. Calls that run go on, the next ones take a new connection.
 */
const TLS_CONNECTION_MS_MAX = 600_000;

/** The name that the health service answers for: whether certificates are usable and renewed in time. */
const CERTIFICATES = 'certificates';

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
  /** Absent: plaintext. */
  readonly tls?: ServerTls | undefined;
  /** How long a connection over TLS lives; ten minutes by default. */
  readonly tlsConnectionMsMax?: number;
};

export type RunningServer = AsyncDisposable & {
  readonly port: number;
  /** Turns the standard health service to SERVING or NOT_SERVING. */
  setServing(serving: boolean): void;
};

/** Starts a gRPC server with health and reflection. Disposing it: NOT_SERVING, drain, then cut off. */
export const createServer = async (options: ServerOptions): Promise<RunningServer> => {
  const { tls } = options;
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
    'grpc.keepalive_time_ms': 30_000,
    ...(tls && { 'grpc.max_connection_age_ms': options.tlsConnectionMsMax ?? TLS_CONNECTION_MS_MAX }),
    ...(tls?.peers && { interceptors: [refuseStrangers(tls.peers, options.log)] }),
  });
  const stopping = new AbortController();
  for (const each of options.services)
    server.addService(tolerant(each.definition), implement(each, options, stopping.signal));
  const names = options.services.map(({ definition }) => serviceName(definition));
  const health = createHealth(names, options);
  health.addToServer(server);
  addReflection(server, [...names, 'grpc.health.v1.Health']);
  const port = await bind(server, options);
  const { setServing } = health;
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

/** The standard health service: our services, what is known beside, and the certificates. */
const createHealth = (names: readonly string[], { healthFacts, tls }: ServerOptions) => {
  const known = { ...Object.fromEntries(['', ...names].map((name) => [name, true])), ...healthFacts };
  let isServing = true;
  const facts = () => ({ ...known, ...(tls && { [CERTIFICATES]: tls.certificates.isFine() }) });
  const statusOf = (is: boolean) => (isServing && is ? 'SERVING' : 'NOT_SERVING');
  const health = new HealthImplementation(
    Object.fromEntries(Object.entries(facts()).map(([name, is]) => [name, statusOf(is)])),
  );
  const setServing = (serving: boolean) => {
    isServing = serving;
    for (const [name, is] of Object.entries(facts())) health.setStatus(name, statusOf(is));
  };
  tls?.certificates.onTurn((isFine) => health.setStatus(CERTIFICATES, statusOf(isFine)));
  return { addToServer: (server: Server) => health.addToServer(server), setServing };
};

const bind = (server: Server, { host, port: wanted, tls }: ServerOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    const address = `${host.includes(':') ? `[${host}]` : host}:${wanted}`;
    server.bindAsync(address, serverCredentials(tls), (error, port) => {
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
