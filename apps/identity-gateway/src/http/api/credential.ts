import type { FastifyRequest } from 'fastify';
import { foreignCallProblem } from '../session/foreign-call.ts';
import type { Sealer } from '../session/sealer.ts';
import { type Session, sessionIn } from '../session/session.ts';
import type { Refusal } from './refusal.ts';

/** With what a call shows who makes it. `session`: the cookie did, and the header `authorization` was not there. */
export type Credential = { readonly credential: string; readonly session?: Session };

const UNAUTHENTICATED: Refusal = {
  status: 401,
  reason: 'UNAUTHENTICATED',
  message: 'no key: send the header "authorization: Bearer <key>", or sign in',
};

/** The key, token or session of a call; a session counts only in a call of our own page. */
export const credentialOf = (request: FastifyRequest, sealer: Sealer): Credential | { readonly refusal: Refusal } => {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const credential = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
    return credential === undefined ? { refusal: UNAUTHENTICATED } : { credential };
  }
  const session = sessionIn(cookie, sealer, Date.now());
  if (session === undefined) return { refusal: UNAUTHENTICATED };
  const problem = foreignCallProblem(request.headers, request.host);
  if (problem !== undefined) return { refusal: foreignCall(problem) };
  return { credential: session.credential, session };
};

export const foreignCall = (problem: string): Refusal => ({ status: 403, reason: 'FOREIGN_CALL', message: problem });
