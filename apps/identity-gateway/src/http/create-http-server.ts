import type { IncomingMessage } from 'node:http';
import { ServiceError } from '@userferry/errors';
import { type CallContext, type Certificates, jsonCalls, requestIdFrom } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { count, type Labels } from '@userferry/telemetry';
import { type FastifyInstance, fastify } from 'fastify';
import type { GatewayCalls } from '../create-identity-gateway.ts';
import type { AnswerSigner } from './answer-signer.ts';
import { addApi } from './api/add-api.ts';
import { knownRefusal } from './api/refusal.ts';
import { addConsoleRoutes } from './console/console-routes.ts';
import type { ConsolePages } from './console/read-console.ts';
import type { LastKnownIps } from './last-known-ips.ts';
import { addPublicIpsRoute } from './public-ips-route.ts';
import { refuseElsewhere } from './refuse-elsewhere.ts';
import { addSecurityHeaders } from './security-headers.ts';
import type { Sealer } from './session/sealer.ts';
import type { SessionDeps } from './session/session-routes.ts';
import { unreadableRequests } from './unreadable-request.ts';

export type HttpServer = AsyncDisposable & {
  readonly port: number;
  /** What `/readyz` answers from now on; without effect once it is going. */
  readonly setReady: (ready: boolean) => void;
  /** Not ready, for good: calls are still answered, and their connections closed after that. */
  readonly announceStop: () => void;
};

export type HttpOptions = {
  readonly host: string;
  readonly port: number;
  /** Absent: plaintext. */
  readonly certificates?: Certificates | undefined;
  readonly lastKnownIps: LastKnownIps;
  /** Signs what firewalls are opened by, where there is a key for it. */
  readonly signAnswer?: AnswerSigner | undefined;
  /** Who may say for whom a call comes: addresses and networks of proxies. None by default. */
  readonly trustedProxies?: readonly string[];
  /** The calls in JSON; absent: none. */
  readonly api?:
    | { readonly calls: GatewayCalls; readonly sealer: Sealer; readonly oidc?: SessionDeps['oidc'] }
    | undefined;
  /** The built console; absent: there is none. */
  readonly console?: ConsolePages | undefined;
  readonly log: Logger;
};

/** No HTTP call waits longer for our own services. */
const CALL_MS_MAX = 3_000;

const createApp = ({ certificates, trustedProxies = [] }: HttpOptions): FastifyInstance => {
  const limits = {
    bodyLimit: 1024 * 1024,
    requestTimeout: 30_000,
    genReqId: ({ headers }: IncomingMessage) => requestIdFrom(headers['x-request-id']),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    ...unreadableRequests({ tls: certificates !== undefined }),
  };
  if (certificates === undefined) return fastify(limits);
  const context = () => {
    const { certificate: cert, privateKey: key } = certificates.current().identity ?? {};
    return { cert, key };
  };
  const app = fastify({ ...limits, https: context() });
  certificates.onTake(() => app.server.setSecureContext(context()));
  return app as unknown as FastifyInstance;
};

const statusClass = (status: number): Labels<'userferry_http_requests_total'>['status'] =>
  `${Math.floor(status / 100)}xx` as '2xx';

/** Starts the HTTP side of the gateway. Every answer is JSON unless its route says otherwise. */
export const createHttpServer = async (options: HttpOptions): Promise<HttpServer> => {
  const { host, port, lastKnownIps, signAnswer, log } = options;
  const app = createApp(options);
  app.setNotFoundHandler((_, reply) => refuseElsewhere(reply, 404, 'no such path'));
  app.setErrorHandler((error, request, reply) => {
    const refusal = error instanceof ServiceError ? undefined : knownRefusal(error);
    if (refusal !== undefined) return refuseElsewhere(reply, refusal.status, refusal.message);
    log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'http call failed');
    return refuseElsewhere(reply, 503, 'the service is not available now; try again');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    count('userferry_http_requests_total', { route, status: statusClass(reply.statusCode) });
  });
  addSecurityHeaders(app, { tls: options.certificates !== undefined });
  const readiness = addHealth(app);
  const context = (requestId: string): CallContext => ({ requestId, deadlineMs: Date.now() + CALL_MS_MAX });
  addPublicIpsRoute(app, { lastKnownIps, context, signAnswer });
  if (options.api !== undefined) {
    const { calls, sealer, oidc } = options.api;
    addApi(app, { calls: jsonCalls(calls.services, calls), callerOf: calls.callerOf, sealer, oidc, log });
  }
  addConsoleRoutes(app, options.console);
  await app.listen({ host, port });
  const bound = app.addresses()[0]?.port ?? port;
  return { port: bound, ...readiness, [Symbol.asyncDispose]: () => app.close() };
};

/** `/healthz`: the process lives. `/readyz`: calls are welcome, not before `setReady(true)`. */
const addHealth = (app: FastifyInstance): Pick<HttpServer, 'setReady' | 'announceStop'> => {
  let [ready, going] = [false, false];
  app.get('/healthz', () => ({ status: 'SERVING' }));
  app.get('/readyz', (_, reply) =>
    ready && !going ? { status: 'SERVING' } : reply.status(503).send({ status: 'NOT_SERVING' }),
  );
  app.addHook('onSend', async (_, reply) => {
    if (going) reply.header('connection', 'close');
  });
  return {
    setReady: (is) => {
      ready = is;
    },
    announceStop: () => {
      going = true;
    },
  };
};
