import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '@userferry/errors';
import type { Caller } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CallerOf } from '../../access/authenticate.ts';
import { foreignCall } from '../api/credential.ts';
import { type Refusal, refusalOf, refuse } from '../api/refusal.ts';
import type { OidcIssuer } from '../oidc/oidc-issuer.ts';
import { addOidcRoutes, SIGNED_IN } from '../oidc/oidc-routes.ts';
import { foreignCallProblem } from './foreign-call.ts';
import type { Sealer } from './sealer.ts';
import { NO_SESSION_COOKIE, newSession, type Session, sessionCookie, sessionIn } from './session.ts';
import { createSignInLimits } from './sign-in-limits.ts';
import { tokenEnd } from './token-end.ts';

export type SessionDeps = {
  readonly callerOf: CallerOf;
  readonly sealer: Sealer;
  /** Absent: keys alone sign in. */
  readonly oidc?: { readonly name: string; readonly issuer: OidcIssuer } | undefined;
  readonly log: Logger;
};

const signInForm = z.strictObject({ apiKey: z.string().min(1).max(8_192) });

/** Whatever was wrong with a sign-in, its answer comes after this time: which part was wrong does not show in it. */
const FAILURE_MS = 500;

/** `POST`, `GET` and `DELETE /session`: signs in, says who is signed in, signs out. The gateway keeps nothing of it. */
export const addSessionRoutes = (api: FastifyInstance, deps: SessionDeps): void => {
  const limits = createSignInLimits();
  // Keys that are tried out here are seen in the log, as those in calls are; from where they come is for the proxy's.
  const failed = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply => {
    deps.log.warn({ requestId: request.id, reason: refusal.reason }, 'a sign-in with a key failed');
    return refuse(reply, refusal);
  };
  const { oidc } = deps;
  api.get('/session/methods', async (_, reply) =>
    reply.send({ apiKey: true, oidc: oidc ? { name: oidc.name } : null }),
  );
  if (oidc !== undefined) addOidcRoutes(api, { ...deps, issuer: oidc.issuer, limits });

  api.post('/session', async (request, reply) => {
    const foreign = foreignRefusal(request);
    if (foreign !== undefined) return refuse(reply, foreign);
    const waitMs = limits.begin(request.ip);
    if (waitMs > 0) return failed(request, reply, tooManySignIns(waitMs));
    const beganMs = performance.now();
    const signedIn = await signIn(request, deps).catch((error: unknown) => refusedSignIn(error));
    if (!('refusal' in signedIn)) {
      limits.forgive(request.ip);
      return welcome(reply, signedIn, deps);
    }
    if (signedIn.refusal.status >= 500) limits.forgive(request.ip);
    else await sleep(Math.max(0, beganMs + FAILURE_MS - performance.now()));
    return failed(request, reply, signedIn.refusal);
  });

  api.get('/session', async (request, reply) => {
    const session = sessionIn(request.headers.cookie, deps.sealer, Date.now());
    if (session === undefined) return refuse(reply, NOT_SIGNED_IN);
    const caller = await deps.callerOf(session.credential);
    return reply.send(factsOf(caller, session));
  });

  api.delete('/session', async (request, reply) => {
    const foreign = foreignRefusal(request);
    if (foreign !== undefined) return refuse(reply, foreign);
    return reply.status(204).header('set-cookie', NO_SESSION_COOKIE).send();
  });
};

type SignedIn = { readonly caller: Caller; readonly session: Session };

const signIn = async (request: FastifyRequest, { callerOf }: SessionDeps): Promise<SignedIn> => {
  const { apiKey } = signInOf(request.body);
  const caller = await callerOf(apiKey);
  if (caller.role === 'edge')
    throw new ServiceError(
      'PERMISSION_DENIED',
      'this is a key of role edge: sign in with one of role admin or operator',
    );
  return { caller, session: newSession(apiKey, Date.now(), tokenEnd(apiKey)) };
};

/** Nothing of the body is repeated: it holds a key. */
const signInOf = (body: unknown): z.infer<typeof signInForm> => {
  const problem = () => new ServiceError('INVALID_ARGUMENT', 'send {"apiKey": "…"} and nothing else');
  if (!Buffer.isBuffer(body)) throw problem();
  try {
    return signInForm.parse(JSON.parse(body.toString('utf8')));
  } catch {
    throw problem();
  }
};

const refusedSignIn = (error: unknown): { readonly refusal: Refusal } => {
  if (error instanceof ServiceError) return { refusal: refusalOf(error) };
  throw error;
};

const welcome = (reply: FastifyReply, { caller, session }: SignedIn, { sealer, log }: SessionDeps): FastifyReply => {
  const cookie = sessionCookie(session, sealer);
  if (cookie === undefined) return refuse(reply, TOO_LONG);
  log.info({ requestId: reply.request.id, actor: caller.id }, SIGNED_IN);
  return reply.header('set-cookie', cookie).send(factsOf(caller, session));
};

const factsOf = ({ role, scopes, userPoolIds, id }: Caller, { endsMs }: Session) => ({
  callerId: id,
  role,
  scopes,
  pools: userPoolIds,
  expiresAt: new Date(endsMs).toISOString(),
});

const foreignRefusal = (request: FastifyRequest): Refusal | undefined => {
  const problem = foreignCallProblem(request.headers, request.host);
  return problem === undefined ? undefined : foreignCall(problem);
};

const NOT_SIGNED_IN: Refusal = { status: 401, reason: 'UNAUTHENTICATED', message: 'nobody is signed in' };

const TOO_LONG: Refusal = {
  status: 400,
  reason: 'TOKEN_INVALID',
  message: 'the token is too long to be kept in a cookie: let the issuer put less into it',
};

const tooManySignIns = (retryAfterMs: number): Refusal => ({
  status: 429,
  reason: 'TOO_MANY_SIGN_INS',
  message: 'too many sign-ins from this address have failed; come back later',
  retryAfterMs,
});
