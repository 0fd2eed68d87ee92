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
import { REQUEST_ID_HEADER } from '../call-facts.ts';
import { fromStatus } from '../status.ts';
import { type ClientTls, channelCredentials } from '../tls/credentials.ts';
import { serviceConfig } from './service-config.ts';

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

/** A client whose every call has a deadline, carries the request id, and fails with a ServiceError. */
export const createClient = <Raw extends Client>(
  Constructor: ClientConstructor<Raw>,
  { address, token, repeatable = [], tls }: GrpcClientOptions,
): PromiseClient<Raw> => {
  const { credentials, options } = channelCredentials(tls, address);
  const raw = new Constructor(address, credentials, {
    ...options,
    'grpc.service_config': serviceConfig(Constructor.serviceName, repeatable),
    'grpc.keepalive_time_ms': 30_000,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
  });
  const call = (method: string) => (request: unknown, context: CallContext) =>
    callUnary(raw, method, request, { ...context, token });
  const close = () => raw.close();
  return new Proxy({} as PromiseClient<Raw>, {
    get: (_, name) =>
      name === Symbol.dispose ? close : typeof name === 'string' && name !== 'then' ? call(name) : undefined,
  });
};

const callUnary = (
  raw: Client,
  method: string,
  request: unknown,
  { requestId, deadlineMs, signal, token }: CallContext & { token: string | undefined },
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new ServiceError('CANCELLED', `${method}: the caller hung up`));
    const metadata = new Metadata();
    metadata.set(REQUEST_ID_HEADER, requestId);
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    const send = (raw as unknown as Record<string, UnaryMethod<unknown, unknown>>)[method];
    if (send === undefined) return reject(new TypeError(`the contract has no method ${method}`));
    const call = send.call(raw, request, metadata, { deadline: deadlineMs }, (error: GrpcError | null, response) => {
      signal?.removeEventListener('abort', onAbort);
      if (error) reject(fromStatus(error, method));
      else resolve(response);
    });
    const onAbort = () => call.cancel();
    signal?.addEventListener('abort', onAbort, { once: true });
  });
