import { ServiceError } from '@userferry/errors';
import { isWebUrl, type Logger } from '@userferry/process';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey, errors as joseErrors } from 'jose';
import { fetchJson } from './fetch-json.ts';

export type SigningKeysOptions = {
  readonly issuer: string;
  /** Absent: found by OpenID Connect discovery. */
  readonly jwksUrl?: URL | undefined;
  readonly log: Logger;
  /** Between two fetches, whatever calls come: nobody makes us ask the issuer more often. */
  readonly cooldownMs?: number;
  /** Older keys are fetched anew, while calls go on with them. */
  readonly freshMs?: number;
  /** Older keys are not used any more. */
  readonly keptMs?: number;
};

const COOLDOWN_MS = 10_000;
const FRESH_MS = 5 * 60_000;
const KEPT_MS = 24 * 3_600_000;

type Held = { readonly find: JWTVerifyGetKey; readonly atMs: number };

/**
 * The issuer's public keys. They are fetched when they are first needed, when they are older than five minutes (beside
 * the calls), and when a token names a key that is not among them. An issuer that does not answer leaves the keys that
 * are there in use for a day.
 * @throws (by the function that is returned) ServiceError ISSUER_UNAVAILABLE, and what jose says of a key it cannot find
 */
export const createSigningKeys = (options: SigningKeysOptions): JWTVerifyGetKey => {
  const { log, cooldownMs = COOLDOWN_MS, freshMs = FRESH_MS, keptMs = KEPT_MS } = options;
  let held: Held | undefined;
  let triedMs = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const fetchNow = async (): Promise<void> => {
    triedMs = performance.now();
    try {
      const find = createLocalJWKSet((await fetchKeys(options)) as unknown as JSONWebKeySet);
      held = { find, atMs: performance.now() };
    } catch (err) {
      log.warn(
        { err, ageMs: held && Math.round(performance.now() - held.atMs) },
        'the keys of the token issuer cannot be fetched',
      );
    }
  };
  const refresh = (): Promise<void> => {
    if (fetching === undefined && performance.now() - triedMs < cooldownMs) return Promise.resolve();
    fetching ??= fetchNow().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  const usable = async (): Promise<Held> => {
    const isKept = () => held !== undefined && performance.now() - held.atMs < keptMs;
    if (!isKept()) await refresh();
    else if (held !== undefined && performance.now() - held.atMs > freshMs) void refresh();
    if (held === undefined || !isKept())
      throw new ServiceError('ISSUER_UNAVAILABLE', 'the issuer of tokens does not answer; try again');
    return held;
  };
  return async (header, token) => {
    const before = await usable();
    try {
      return await before.find(header, token);
    } catch (error) {
      if (!(error instanceof joseErrors.JWKSNoMatchingKey)) throw error;
      await refresh();
      if (held === undefined || held === before) throw error;
      return await held.find(header, token);
    }
  };
};

const fetchKeys = async ({ issuer, jwksUrl }: SigningKeysOptions) => fetchJson(jwksUrl ?? (await discover(issuer)));

/** Where the keys are, as OpenID Connect Discovery 1.0 has it; the document must be the issuer's own. */
const discover = async (issuer: string): Promise<URL> => {
  const document = await fetchJson(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  if (document.issuer !== issuer) throw new Error('the discovery document is another issuer’s');
  const { jwks_uri: url } = document;
  if (typeof url !== 'string' || !isWebUrl(url)) throw new Error('the discovery document names no https:// jwks_uri');
  return new URL(url);
};
