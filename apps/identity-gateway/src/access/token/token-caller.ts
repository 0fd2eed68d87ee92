import { ServiceError } from '@userferry/errors';
import type { Caller } from '@userferry/grpc';
import type { JWTPayload } from 'jose';
import { ROLE_SCOPES } from '../scopes.ts';

/** Which claims say what the holder may. */
export type ClaimNames = { readonly scopes: string; readonly pools: string };

const WORDS_MAX = 1_000;

/** As the audit keeps it: printable, and short enough. */
const SUBJECT_FORM = /^[\x21-\x7e]{1,200}$/;

/** A list of words: an array of text, or one text with blanks between (RFC 8693, section 4.2). */
const wordsOf = (claim: unknown): readonly string[] => {
  const words = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return words.slice(0, WORDS_MAX).filter((word): word is string => typeof word === 'string' && word !== '');
};

/**
 * Whom a token lets in: an administrator of the pools that it names, or an operator where it names `*`. It may what it
 * says and nothing else: a token without scopes may nothing.
 * @throws ServiceError TOKEN_INVALID for a subject that the audit could not name
 */
export const tokenCaller = (payload: JWTPayload, claims: ClaimNames): Caller => {
  const { sub = '' } = payload;
  if (!SUBJECT_FORM.test(sub)) throw new ServiceError('TOKEN_INVALID', 'the token’s subject is no printable name');
  const userPoolIds = wordsOf(payload[claims.pools]).map((id) => id.toLowerCase());
  const words = wordsOf(payload[claims.scopes]);
  const role = userPoolIds.includes('*') ? 'operator' : 'admin';
  const scopes = ROLE_SCOPES[role].filter((scope) => words.includes(scope));
  return { role, userPoolIds, scopes, id: `token:${sub}` };
};
