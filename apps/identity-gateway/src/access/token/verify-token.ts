import { ServiceError } from '@userferry/errors';
import type { Caller } from '@userferry/grpc';
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type ClaimNames, tokenCaller } from './token-caller.ts';

export type TokenRules = {
  readonly issuer: string;
  readonly audience: string;
  readonly claims: ClaimNames;
  /** How far clocks may be apart. */
  readonly clockSkewSeconds: number;
};

/** Signatures that only the issuer can make. With a shared secret, or with none, anybody could. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Says whom a token lets in. Rejects with TOKEN_INVALID, TOKEN_EXPIRED or ISSUER_UNAVAILABLE. */
export type VerifyToken = (token: string) => Promise<Caller>;

export const createVerifyToken =
  ({ issuer, audience, claims, clockSkewSeconds }: TokenRules, keys: JWTVerifyGetKey): VerifyToken =>
  async (token) => {
    const rules = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: clockSkewSeconds };
    const { payload } = await jwtVerify(token, keys, { ...rules, requiredClaims: ['exp', 'sub'] }).catch(refuse);
    return tokenCaller(payload, claims);
  };

/** In words that repeat nothing of the token. */
const refuse = (error: unknown): never => {
  if (error instanceof ServiceError) throw error;
  if (!(error instanceof errors.JOSEError))
    throw new ServiceError('TOKEN_INVALID', 'this is no token', { cause: error });
  if (error instanceof errors.JWTExpired) throw new ServiceError('TOKEN_EXPIRED', 'the token has expired');
  throw new ServiceError('TOKEN_INVALID', wordsOf(error), { cause: error });
};

const wordsOf = (error: errors.JOSEError): string => {
  if (error instanceof errors.JWTClaimValidationFailed)
    return `the token’s claim ${error.claim} is ${error.reason === 'missing' ? 'missing' : 'not what is expected here'}`;
  return WORDS[error.code] ?? 'this is no token of the configured issuer';
};

const WORDS: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'the token is not signed with one of the accepted algorithms',
  ERR_JWKS_NO_MATCHING_KEY: 'the token is signed with a key that the issuer does not have',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'the token does not say with which of the issuer’s keys it is signed',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the token’s signature is not the issuer’s',
};

/** Whether a text is meant to be a token: its first part says how it is signed. API keys are no such text. */
export const isToken = (text: string): boolean => {
  const [header, , , more] = text.split('.');
  if (header === undefined || header === text || more !== undefined) return false;
  try {
    return typeof JSON.parse(Buffer.from(header, 'base64url').toString('utf8')).alg === 'string';
  } catch {
    return false;
  }
};
