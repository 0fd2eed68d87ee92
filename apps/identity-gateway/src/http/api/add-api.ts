import { isUtf8 } from 'node:buffer';
import type { Logger } from '@userferry/process';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallerOf } from '../../access/authenticate.ts';
import type { Sealer } from '../session/sealer.ts';
import { isUnattended, renewed, type Session, sessionCookie } from '../session/session.ts';
import { addSessionRoutes, type SessionDeps } from '../session/session-routes.ts';
import { credentialOf } from './credential.ts';
import { addOpenApiRoute } from './openapi-route.ts';
import { knownRefusal, refuse } from './refusal.ts';

/** A call in JSON; see `jsonCalls` of `@userferry/grpc`. Throws ServiceError, and nothing else. */
type AnswerJson = (call: {
  readonly credential: string;
  readonly requestId: string;
  readonly traceparent?: string | undefined;
  readonly text: string;
  readonly signal: AbortSignal;
}) => Promise<string>;

export type ApiOptions = {
  /** By `Service/Method`. */
  readonly calls: ReadonlyMap<string, AnswerJson>;
  readonly callerOf: CallerOf;
  readonly sealer: Sealer;
  readonly oidc?: SessionDeps['oidc'];
  readonly log: Logger;
};

export const API_PREFIX = '/api/v1';

/** Every call of the gateway as `POST /api/v1/{Service}/{Method}`, and the console's sign-in. No CORS, on purpose. */
export const addApi = (app: FastifyInstance, options: ApiOptions): void => {
  app.register(
    async (api) => {
      takeJsonOnly(api);
      api.setErrorHandler((error, request, reply) => failed(error, request, reply, options.log));
      api.setNotFoundHandler((_, reply) =>
        refuse(reply, {
          status: 404,
          reason: 'UNIMPLEMENTED',
          message: `no such call: POST ${API_PREFIX}/{Service}/{Method}, as ${API_PREFIX}/openapi.json has them`,
        }),
      );
      api.addHook('onSend', async (request, reply) => {
        reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
      });
      for (const [name, answer] of options.calls) api.post(`/${name}`, answerer(answer, options));
      addSessionRoutes(api, options);
      addOpenApiRoute(api);
    },
    { prefix: API_PREFIX },
  );
};

/** The text as it came: what it means is for the call's own mapping to say. */
const takeJsonOnly = (api: FastifyInstance): void => {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
};

const failed = (error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply => {
  const refusal = knownRefusal(error);
  if (refusal !== undefined) return refuse(reply, refusal);
  log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'http call failed');
  return refuse(reply, { status: 500, reason: 'INTERNAL', message: 'internal error' });
};

const answerer =
  (answer: AnswerJson, { sealer }: ApiOptions) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const found = credentialOf(request, sealer);
    if ('refusal' in found) return refuse(reply, found.refusal);
    const { credential, session } = found;
    const { traceparent } = request.headers;
    const stay = () => {
      if (session !== undefined && !isUnattended(request.headers)) renew(reply, session, sealer);
    };
    const call = {
      credential,
      requestId: request.id,
      traceparent: typeof traceparent === 'string' && /^[\w-]{1,128}$/.test(traceparent) ? traceparent : undefined,
      text: textOf(request.body),
      signal: hangUpOf(reply),
    };
    const body = await answer(call).catch((error: unknown) => {
      // Refused or not, somebody is there; but for whoever is not let in any more.
      if (knownRefusal(error)?.status !== 401) stay();
      throw error;
    });
    stay();
    return reply.type('application/json; charset=utf-8').send(body);
  };

const renew = (reply: FastifyReply, session: Session, sealer: Sealer): void => {
  const next = renewed(session, Date.now());
  const cookie = next && sessionCookie(next, sealer);
  if (cookie !== undefined) reply.header('set-cookie', cookie);
};

const NO_JSON = '\ufffd';

/** Nothing at all is an empty request. Bytes that are no UTF-8 are no JSON: the call refuses them as such. */
const textOf = (body: unknown): string => {
  if (!Buffer.isBuffer(body)) return '{}';
  // Replaced by U+FFFD, different passwords would become one.
  if (!isUtf8(body)) return NO_JSON;
  const text = body.toString('utf8');
  return text.trim() === '' ? '{}' : text;
};

const hangUpOf = (reply: FastifyReply): AbortSignal => {
  const hungUp = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) hungUp.abort();
  });
  return hungUp.signal;
};
