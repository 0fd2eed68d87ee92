import { Server, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Logger } from '@userferry/process';
import { type ServerTls, serverCredentials } from '../tls/credentials.ts';
import { refuseStrangers } from '../tls/refuse-strangers.ts';
import type { Handler } from './answer-call.ts';
import type { Authenticate } from './authenticate.ts';
import { clientStream, type ListeningHandler } from './client-stream.ts';
import { endingStreams } from './ending-streams.ts';
import { createHealth } from './health.ts';
import { tolerant } from './malformed-request.ts';
import { MESSAGE_BYTES_MAX, serialized, writtenAnswers } from './message-size.ts';
import { addReflection } from './reflection.ts';
import { sendAway } from './send-away.ts';
import { type StreamHandler, serverStream } from './server-stream.ts';
import { unary } from './unary.ts';

/** A call that has not ended so long after the longest one may last is cut off by a server that stops. */
const GRACE_MS = 2_000;

/**
 * How long a connection lives: its caller then looks up the name again and finds replicas that came since, and none goes on
 * for longer that was made with a certificate, or under an authority, that is not valid any more. Running calls finish on
 * the old connection.
 */
const CONNECTION_AGE_MS = 300_000;

/** How long a stream stays open before its caller has to open it again, and is balanced anew. */
const STREAM_MS_MAX = 3_600_000;

type AnyHandler = Handler<never, unknown> | StreamHandler<never, unknown> | ListeningHandler<never, unknown>;

/** A service and its handlers, one for each RPC, named as in the contract. */
export type ServiceHandlers = {
  readonly definition: ServiceDefinition;
  // The generated definition names requests and responses; `service()` checks the handlers against it.
  readonly handlers: Readonly<Record<string, AnyHandler>>;
};

export type ServerOptions = {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly services: readonly ServiceHandlers[];
  readonly authenticate: Authenticate;
  readonly log: Logger;
  readonly callMsMax: number;
  /** The same for calls whose requests or answers are a stream; an hour by default. */
  readonly streamMsMax?: number;
  /** More names that the health service answers for: SERVING where true. */
  readonly healthFacts?: Readonly<Record<string, boolean>>;
  /** Whether calls are welcome from the start; they are by default. */
  readonly serving?: boolean;
  /** Connections are closed at this age, give or take a tenth; five minutes by default. */
  readonly connectionAgeMs?: number | undefined;
  /** Absent: plaintext. */
  readonly tls?: ServerTls | undefined;
};

export type RunningServer = AsyncDisposable & {
  readonly port: number;
  /** Turns the standard health service to SERVING or NOT_SERVING, but for `liveness`. */
  setServing(serving: boolean): void;
  /** NOT_SERVING for good, while calls are still taken: whoever asks for health goes elsewhere. */
  announceStop(): void;
};

/**
 * Starts a gRPC server with health and reflection. Disposing it: NOT_SERVING, streams end, no new calls are taken, which
 * their callers see and go elsewhere, running ones finish; what has not after `callMsMax` and two seconds is cut off.
 */
export const createServer = async (options: ServerOptions): Promise<RunningServer> => {
  const { tls, connectionAgeMs = CONNECTION_AGE_MS } = options;
  // gRPC closes connections a tenth earlier or later.
  const graceMs = connectionAgeMs * 1.2;
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_send_message_length': MESSAGE_BYTES_MAX,
    'grpc.keepalive_time_ms': 30_000,
    // Books that nobody reads, kept of each call.
    'grpc.enable_channelz': 0,
    'grpc.max_connection_age_ms': connectionAgeMs,
    ...(tls?.peers && { interceptors: [refuseStrangers({ peers: tls.peers, log: options.log, graceMs })] }),
  });
  const stopping = new AbortController();
  for (const each of options.services)
    server.addService(writtenAnswers(tolerant(each.definition)), implement(each, options, stopping.signal));
  const names = options.services.map(({ definition }) => serviceName(definition));
  const { healthFacts: facts, serving = true } = options;
  const health = createHealth({ names, facts, serving, certificates: tls?.certificates });
  health.addTo(server, stopping.signal);
  addReflection(endingStreams(server, stopping.signal), [...names, 'grpc.health.v1.Health']);
  const port = await bind(server, options);
  const { setServing, announceStop } = health;
  const stop = async () => {
    announceStop();
    stopping.abort();
    await sendAway(server);
    await drain(server, options.callMsMax + GRACE_MS);
  };
  return { port, setServing, announceStop, [Symbol.asyncDispose]: stop };
};

const implement = (
  { definition, handlers }: ServiceHandlers,
  options: ServerOptions,
  stopping: AbortSignal,
): UntypedServiceImplementation => {
  const forStreams = { ...options, callMsMax: options.streamMsMax ?? STREAM_MS_MAX, stopping };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => {
      const { requestStream, responseStream } = definition[name] ?? {};
      if (requestStream) return [name, clientStream(handler as ListeningHandler<unknown, unknown>, forStreams)];
      if (responseStream) return [name, serverStream(handler as StreamHandler<unknown, unknown>, forStreams)];
      return [name, unary(serialized(handler as Handler<unknown, unknown>, definition[name]), options)];
    }),
  );
};

/** `/package.Service/Method` of any method names the service. */
const serviceName = (definition: ServiceDefinition): string => {
  const [first] = Object.values(definition);
  return first?.path.split('/')[1] ?? '';
};

/** grpc-js puts the system's words and code into a sentence of its own. */
const bindProblem = ({ message }: Error): string => {
  const [, code, words] = /\[listen (E[A-Z]+): ([a-z ]+)/.exec(message) ?? [];
  return code === undefined ? message : `${words?.trim()} (${code})`;
};

const bind = (server: Server, { host, port: wanted, tls }: ServerOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    const address = `${host.includes(':') ? `[${host}]` : host}:${wanted}`;
    server.bindAsync(address, serverCredentials(tls), (error, port) => {
      if (error) reject(new Error(`cannot listen on ${address}: ${bindProblem(error)}`));
      else resolve(port);
    });
  });

const drain = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cutOff = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(cutOff);
      resolve();
    });
  });
