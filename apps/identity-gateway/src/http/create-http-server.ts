import type { CallContext, Certificates } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { type FastifyInstance, fastify } from 'fastify';
import type { AnswerSigner } from './answer-signer.ts';
import type { LastKnownIps } from './last-known-ips.ts';
import { addPublicIpsRoute } from './public-ips-route.ts';

export type HttpServer = AsyncDisposable & { readonly port: number };

export type HttpOptions = {
  readonly host: string;
  readonly port: number;
  /** Absent: plaintext. */
  readonly certificates?: Certificates | undefined;
  readonly lastKnownIps: LastKnownIps;
  /** Signs what firewalls are opened by, where there is a key for it. */
  readonly signAnswer?: AnswerSigner | undefined;
  readonly log: Logger;
};

/** No HTTP call waits longer for our own services. */
const CALL_MS_MAX = 3_000;

const createApp = (certificates: Certificates | undefined): FastifyInstance => {
  const limits = { bodyLimit: 1024 * 1024, requestTimeout: 30_000, genReqId: () => crypto.randomUUID() };
  if (certificates === undefined) return fastify(limits);
  const context = () => {
    const { certificate: cert, privateKey: key } = certificates.current().identity ?? {};
    return { cert, key };
  };
  const app = fastify({ ...limits, https: context() });
  certificates.onTake(() => app.server.setSecureContext(context()));
  return app as unknown as FastifyInstance;
};

/** Starts the HTTP side of the gateway. Every answer is JSON unless its route says otherwise. */
export const createHttpServer = async (options: HttpOptions): Promise<HttpServer> => {
  const { host, port, lastKnownIps, signAnswer, log } = options;
  const app = createApp(options.certificates);
  app.setNotFoundHandler((_, reply) =>
    reply.status(404).send({ statusCode: 404, message: 'no such path', data: null }),
  );
  app.setErrorHandler((error, request, reply) => {
    log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'http call failed');
    return reply
      .status(503)
      .send({ statusCode: 503, message: 'the service is not available now; try again', data: null });
  });
  app.get('/healthz', () => ({ status: 'SERVING' }));
  const context = (requestId: string): CallContext => ({ requestId, deadlineMs: Date.now() + CALL_MS_MAX });
  addPublicIpsRoute(app, { lastKnownIps, context, signAnswer });
  await app.listen({ host, port });
  const bound = app.addresses()[0]?.port ?? port;
  return { port: bound, [Symbol.asyncDispose]: () => app.close() };
};
