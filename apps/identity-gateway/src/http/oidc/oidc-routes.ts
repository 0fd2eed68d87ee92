import { ServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CallerOf } from '../../access/authenticate.ts';
import { isToken } from '../../access/token/verify-token.ts';
import { refusalOf } from '../api/refusal.ts';
import type { Sealer } from '../session/sealer.ts';
import { newSession, sessionCookie } from '../session/session.ts';
import type { SignInLimits } from '../session/sign-in-limits.ts';
import { tokenEnd } from '../session/token-end.ts';
import type { OidcAttempt, OidcIssuer } from './oidc-issuer.ts';

export type OidcRoutesDeps = {
  readonly issuer: OidcIssuer;
  readonly callerOf: CallerOf;
  readonly sealer: Sealer;
  readonly limits: SignInLimits;
  readonly log: Logger;
};

const COOKIE = '__Host-userferry_oidc';
/** Lax: the browser comes back from another site. */
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax';
const ATTEMPT_MS_MAX = 10 * 60_000;

/** How the log tells of it, whichever way somebody came in. */
export const SIGNED_IN = 'signed in to the console';

const attemptForm = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), beganMs: z.number() });

/** Leads browsers to the issuer of tokens and back; the token that comes of it is sealed into a session, as a key is. */
export const addOidcRoutes = (api: FastifyInstance, deps: OidcRoutesDeps): void => {
  const { issuer, sealer, limits, log } = deps;
  api.get('/session/oidc', async (request, reply) => {
    try {
      const { url, attempt } = await issuer.begin();
      const sealed = sealer.seal('oidc', { ...attempt, beganMs: Date.now() });
      const cookie = `${COOKIE}=${sealed}; Max-Age=${ATTEMPT_MS_MAX / 1_000}; ${ATTRIBUTES}`;
      return reply.header('set-cookie', cookie).redirect(url, 302);
    } catch (error) {
      return failed(error, { request, reply, log });
    }
  });

  api.get('/session/oidc/callback', async (request, reply) => {
    reply.header('set-cookie', `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}`);
    try {
      // First: any page can lead a browser here, and none may use up its sign-ins.
      const attempt = attemptIn(request.headers.cookie, sealer);
      if (limits.begin(request.ip) > 0) return refused('TOO_MANY_SIGN_INS', undefined, { request, reply, log });
      const { cookie, actor } = await sessionFor(request.url, attempt, deps);
      limits.forgive(request.ip);
      log.info({ requestId: request.id, actor }, SIGNED_IN);
      reply.header('set-cookie', cookie);
      return reply.redirect('/console/', 302);
    } catch (error) {
      if (isOutage(error)) limits.forgive(request.ip);
      return failed(error, { request, reply, log });
    }
  });
};

/** Whether nobody could say: no attempt to get in. */
const isOutage = (error: unknown): boolean => !(error instanceof ServiceError) || refusalOf(error).status >= 500;

/** @throws ServiceError */
const sessionFor = async (
  sentBack: string,
  attempt: OidcAttempt,
  { issuer, callerOf, sealer }: OidcRoutesDeps,
): Promise<{ readonly cookie: string; readonly actor: string }> => {
  const token = await issuer.finish(sentBack, attempt);
  // An opaque one says nothing here: it would be looked up as if it were a key.
  if (!isToken(token)) throw new ServiceError('TOKEN_INVALID', 'the issuer gives access tokens that are no JWTs');
  const { id: actor } = await callerOf(token);
  const cookie = sessionCookie(newSession(token, Date.now(), tokenEnd(token)), sealer);
  if (cookie === undefined) throw new ServiceError('TOKEN_INVALID', 'the token is too long to be kept in a cookie');
  return { cookie, actor };
};

/** @throws ServiceError when this browser did not set out from here, or too long ago */
const attemptIn = (cookies: string | undefined, sealer: Sealer): OidcAttempt => {
  const sealed = new RegExp(`(?:^|;)\\s*${COOKIE}=([\\w-]+)`).exec(cookies ?? '')?.[1] ?? '';
  const parsed = attemptForm.safeParse(sealer.open('oidc', sealed));
  if (!parsed.success || Date.now() - parsed.data.beganMs > ATTEMPT_MS_MAX)
    throw new ServiceError('TOKEN_INVALID', 'this sign-in was not begun here, or too long ago');
  return parsed.data;
};

const failed = (error: unknown, call: RefusedCall): FastifyReply =>
  error instanceof ServiceError ? refused(error.reason, error.message, call) : refused('INTERNAL', undefined, call);

type RefusedCall = { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly log: Logger };

/** The page says what went wrong; why in detail is for the log. */
const refused = (reason: string, detail: string | undefined, { request, reply, log }: RefusedCall): FastifyReply => {
  log.warn({ requestId: request.id, reason, detail }, 'a sign-in by the issuer of tokens failed');
  return reply.redirect(`/console/?signInError=${reason}`, 302);
};
