import { ServiceError } from '@userferry/errors';
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';

export type OidcOptions = {
  /** What the sign-in page calls it. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, which PKCE protects alone. */
  readonly clientSecret?: string | undefined;
  readonly scopes: string;
  /** For whom tokens are asked, where the issuer has to be told (RFC 8707). */
  readonly resource?: string | undefined;
  /** Where browsers reach this gateway: the issuer leads them back there, and nowhere else. */
  readonly consoleUrl: string;
};

/** What the browser keeps between going to the issuer and coming back, sealed. */
export type OidcAttempt = { readonly state: string; readonly nonce: string; readonly verifier: string };

export type OidcIssuer = {
  /** Rejects with ISSUER_UNAVAILABLE. */
  readonly begin: () => Promise<{ readonly url: string; readonly attempt: OidcAttempt }>;
  /** The access token that the issuer gives for what it sent the browser back with (path and query). */
  readonly finish: (sentBack: string, attempt: OidcAttempt) => Promise<string>;
};

const DISCOVERED_MS = 3_600_000;
const CALL_SECONDS_MAX = 5;
export const CALLBACK_PATH = '/api/v1/session/oidc/callback';

/** An OpenID Connect issuer: authorization code with PKCE, state and nonce. */
export const createOidcIssuer = (options: OidcOptions): OidcIssuer => {
  const { scopes, resource, consoleUrl } = options;
  const callback = new URL(CALLBACK_PATH, consoleUrl).href;
  const configuration = remembered(() => discover(options));
  return {
    begin: async () => {
      const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: callback,
        scope: scopes,
        ...(resource !== undefined && { resource }),
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt: { state, nonce, verifier } };
    },
    finish: async (sentBack, { state, nonce, verifier }) => {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const { search } = new URL(sentBack, callback);
      const more = resource === undefined ? undefined : { resource };
      const issued = authorizationCodeGrant(await configuration(), new URL(search, callback), checks, more);
      return (await issued.catch(refuse)).access_token;
    },
  };
};

const discover = async ({ issuer, clientId, clientSecret }: OidcOptions): Promise<Configuration> => {
  // Only an issuer on this very machine may speak plain HTTP; the configuration lets no other one be named.
  const execute = issuer.startsWith('http:') ? [allowInsecureRequests] : [];
  const found = discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: CALL_SECONDS_MAX });
  return found.catch((cause: unknown) => {
    throw unavailable(cause);
  });
};

const unavailable = (cause: unknown) =>
  new ServiceError('ISSUER_UNAVAILABLE', 'the issuer of tokens does not answer; try again', { cause });

/** In words that repeat nothing of what was sent. */
const refuse = (cause: unknown): never => {
  if (cause instanceof AuthorizationResponseError)
    throw new ServiceError('PERMISSION_DENIED', 'the issuer of tokens has refused the sign-in', { cause });
  if (cause instanceof TypeError || (cause as { name?: unknown }).name === 'TimeoutError') throw unavailable(cause);
  throw new ServiceError('TOKEN_INVALID', 'what the issuer of tokens sent does not belong to this sign-in', { cause });
};

/** What was found is kept for an hour, a failure not at all. */
const remembered = <T>(find: () => Promise<T>): (() => Promise<T>) => {
  let held: { readonly value: Promise<T>; readonly atMs: number } | undefined;
  return () => {
    if (held === undefined || performance.now() - held.atMs > DISCOVERED_MS) {
      const value = find();
      const mine = { value, atMs: performance.now() };
      held = mine;
      value.catch(() => {
        if (held === mine) held = undefined;
      });
    }
    return held.value;
  };
};
