import {
  type CallOptions,
  type ChannelCredentials,
  type Client,
  type ClientOptions,
  type ClientUnaryCall,
  type ServiceError as GrpcError,
  Metadata,
  type requestCallback,
} from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import { REQUEST_ID_HEADER, TRACEPARENT_HEADER } from '../call-facts.ts';
import { fromStatus } from '../status.ts';
import { type ClientTls, channelCredentials } from '../tls/credentials.ts';
import { serviceConfig } from './service-config.ts';
import { watchSentCall } from './watch-sent-call.ts';

/** What every call needs: an id that runs through all services, and an end. */
export type CallContext = {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
};

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: requestCallback<Response>,
) => ClientUnaryCall;

/** The unary methods of a generated client as promises. */
export type PromiseClient<Raw> = {
  readonly [Method in Exclude<keyof Raw, keyof Client>]: Raw[Method] extends UnaryMethod<infer Request, infer Response>
    ? (request: Request, context: CallContext) => Promise<Response>
    : never;
} & Disposable;

export type ClientConstructor<Raw> = {
  new (address: string, credentials: ChannelCredentials, options?: Partial<ClientOptions>): Raw;
  readonly serviceName: string;
};

export type GrpcClientOptions = {
  /** `host:port` or `dns:///name:port`. */
  readonly address: string;
  /** Sent as `authorization: Bearer …`. */
  readonly token?: string;
  /** Methods that are safe to repeat: retried on UNAVAILABLE within the deadline. Any other is sent once. */
  readonly repeatable?: readonly string[];
  /** Absent: plaintext. */
  readonly tls?: ClientTls | undefined;
};

/** A client whose every call has a deadline and a span, carries the request id, and fails with a ServiceError. */
export const createClient = <Raw extends Client>(
  Constructor: ClientConstructor<Raw>,
  { address, token, repeatable = [], tls }: GrpcClientOptions,
): PromiseClient<Raw> => {
  const { credentials, options } = channelCredentials(tls, address);
  const raw = new Constructor(address, credentials, {
    ...options,
    'grpc.service_config': serviceConfig(Constructor.serviceName, repeatable),
    // A replica that is frozen, or whose machine is gone, is found within 15 s; calls that wait for it are UNAVAILABLE.
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // A name is looked up anew when a connection is lost or has come of age, and not more often.
    'grpc.dns_min_time_between_resolutions_ms': 5_000,
    // Whoever answers for the name says where the replicas are, not what is sent twice.
    'grpc.service_config_disable_resolution': 1,
    // Books that nobody reads, kept of each call.
    'grpc.enable_channelz': 0,
  });
  const call = (method: string) => (request: unknown, context: CallContext) =>
    callUnary(raw, { service: Constructor.serviceName, method }, request, { ...context, token });
  const close = () => raw.close();
  return new Proxy({} as PromiseClient<Raw>, {
    get: (_, name) =>
      name === Symbol.dispose ? close : typeof name === 'string' && name !== 'then' ? call(name) : undefined,
  });
};

const callUnary = (
  raw: Client,
  { service, method }: { readonly service: string; readonly method: string },
  request: unknown,
  { requestId, deadlineMs, signal, token }: CallContext & { token: string | undefined },
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new ServiceError('CANCELLED', `${method}: the caller hung up`));
    const send = (raw as unknown as Record<string, UnaryMethod<unknown, unknown>>)[method];
    if (send === undefined) return reject(new TypeError(`the contract has no method ${method}`));
    const watched = watchSentCall(service, method);
    const metadata = new Metadata();
    metadata.set(REQUEST_ID_HEADER, requestId);
    if (watched.traceparent !== undefined) metadata.set(TRACEPARENT_HEADER, watched.traceparent);
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const call = send.call(raw, request, metadata, { deadline: deadlineMs }, (error: GrpcError | null, response) => {
      signal?.removeEventListener('abort', onAbort);
      watched.ended(error?.code);
      if (error) reject(fromStatus(error, method));
      else resolve(response);
    });
    const onAbort = () => call.cancel();
    signal?.addEventListener('abort', onAbort, { once: true });
  });
