import type {
  CallOptions,
  ChannelCredentials,
  Client,
  ClientOptions,
  ClientUnaryCall,
  ServiceError as GrpcError,
  Metadata,
  requestCallback,
} from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import { type ChannelSecurity, type ClientTls, channelCredentials } from '../tls/credentials.ts';
import { AFFINITY_POLICY } from './affinity/affinity-balancer.ts';
import { notSent } from './not-sent.ts';
import { type ClientStreamMethod, type OpenCall, openCall } from './open-call.ts';
import { failureOf } from './refused-by-our-own.ts';
import { type CallContext, type Method, type SentContext, sentMetadata } from './sent-metadata.ts';
import { serviceConfig } from './service-config.ts';
import { watchSentCall } from './watch-sent-call.ts';

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: requestCallback<Response>,
) => ClientUnaryCall;

/** A generated client with promises: its unary methods, and those whose requests are a stream. */
export type PromiseClient<Raw> = {
  readonly [Name in Exclude<keyof Raw, keyof Client>]: Raw[Name] extends ClientStreamMethod<
    infer Request,
    infer Response
  >
    ? (context: CallContext) => OpenCall<Request, Response>
    : Raw[Name] extends UnaryMethod<infer Request, infer Response>
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
  /**
   * Of a service that works for others: that the other one refuses its token or certificate is no word on whom it works for,
   * who is told SERVICE_UNAVAILABLE.
   */
  readonly isOwn?: boolean;
  /** Calls whose context has an `affinity` go where that says; all others take turns at the replicas, as without it. */
  readonly hasAffinity?: boolean;
  /** Absent: plaintext. */
  readonly tls?: ClientTls | undefined;
};

const PING_EVERY_MS = 10_000;
const PING_ANSWERED_MS = 5_000;

/**
 * Milliseconds within which a replica that is frozen, or whose machine is gone, is found: calls that wait for it are UNAVAILABLE
 * then, and go to another one where they may be repeated.
 */
export const FROZEN_FOUND_MS = PING_EVERY_MS + PING_ANSWERED_MS;

/** A client whose every call has a deadline and a span, carries the request id, and fails with a ServiceError. */
export const createClient = <Raw extends Client>(
  Constructor: ClientConstructor<Raw>,
  { tls, ...options }: GrpcClientOptions,
): PromiseClient<Raw> => createClientOver(Constructor, channelCredentials(tls, options.address), options);

/** The same over a channel that the caller describes. */
export const createClientOver = <Raw extends Client>(
  Constructor: ClientConstructor<Raw>,
  { credentials, options }: ChannelSecurity,
  { address, token, isOwn = false, hasAffinity = false, repeatable = [] }: Omit<GrpcClientOptions, 'tls'>,
): PromiseClient<Raw> => {
  const raw = new Constructor(address, credentials, {
    ...options,
    'grpc.service_config': serviceConfig(
      Constructor.serviceName,
      repeatable,
      hasAffinity ? AFFINITY_POLICY : 'round_robin',
    ),
    'grpc.keepalive_time_ms': PING_EVERY_MS,
    'grpc.keepalive_timeout_ms': PING_ANSWERED_MS,
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
  const service = Constructor.serviceName;
  const unary = (method: string) => (request: unknown, context: CallContext) =>
    callUnary(raw, { service, method }, request, { ...context, token, isOwn });
  const streaming = (method: string) => (context: CallContext) =>
    openCall(raw, { service, method }, { ...context, token, isOwn });
  const call = (method: string) => (takesStream(raw, method) ? streaming(method) : unary(method));
  const close = () => raw.close();
  return new Proxy({} as PromiseClient<Raw>, {
    get: (_, name) =>
      name === Symbol.dispose ? close : typeof name === 'string' && name !== 'then' ? call(name) : undefined,
  });
};

/** grpc-js leaves what a method takes on the method. */
const takesStream = (raw: Client, method: string): boolean =>
  (raw as unknown as Record<string, { readonly requestStream?: boolean }>)[method]?.requestStream === true;

const callUnary = (
  raw: Client,
  { service, method }: Method,
  request: unknown,
  context: SentContext,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { deadlineMs: deadline, signal } = context;
    if (signal?.aborted) return reject(new ServiceError('CANCELLED', `${method}: the caller hung up`));
    const send = (raw as unknown as Record<string, UnaryMethod<unknown, unknown>>)[method];
    if (send === undefined) return reject(new TypeError(`the contract has no method ${method}`));
    const watched = watchSentCall(service, method);
    const onAnswer = (error: GrpcError | null, response: unknown): void => {
      signal?.removeEventListener('abort', onAbort);
      watched.ended(error?.code);
      if (error) reject(failureOf(error, method, context));
      else resolve(response);
    };
    let call: ClientUnaryCall | undefined;
    const onAbort = () => call?.cancel();
    try {
      call = send.call(raw, request, sentMetadata(context, watched), { deadline }, onAnswer);
      signal?.addEventListener('abort', onAbort, { once: true });
    } catch (error) {
      reject(notSent(raw, method, error, watched));
    }
  });
