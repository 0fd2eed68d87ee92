import { hash, randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import { type Authenticate, bearerToken, type Caller } from '@userferry/grpc';
import { LRUCache } from 'lru-cache';
import type { KnownKey, PoolStore } from '../clients/pool-store.ts';
import { isToken, type VerifyToken } from './token/verify-token.ts';

/** How long a key that was found, or not, is believed since it was asked for: so fast does a revocation reach every replica. */
const BELIEVED_MS = 10_000;
const KEYS_MAX = 50_000;
/** Long enough to find that a migration-service is frozen, and to ask another one. */
const LOOK_UP_MS = 20_000;

export type CallerOfDeps = {
  readonly store: Pick<PoolStore, 'findApiKey'>;
  /** Told of each key that was used. */
  readonly onUse: (apiKeyId: string) => void;
  /** Told of each key that was looked up, every ten seconds while it is in use. */
  readonly onFound?: ((found: KnownKey) => void) | undefined;
  /** Absent: tokens are not taken. */
  readonly verifyToken?: VerifyToken | undefined;
};

/** Claims of a whole company may stand in a token; what is longer is none. */
const TOKEN_LENGTH_MAX = 8_192;
const KEY_LENGTH_MAX = 512;

/** What is known of a secret: whose it is, or why it is nobody's. */
type Believed = (KnownKey & { readonly endsAt: number }) | { readonly refusal: ServiceError };

/**
 * When a key ends that the store has just found, by `performance.now()`. One that has ended by our clock alone has not: the
 * store judges it anew each time that it is asked, by the clock of its database.
 */
const endOf = ({ validUntilMs }: KnownKey): number => {
  const leftMs = validUntilMs - Date.now();
  return leftMs > 0 ? performance.now() + leftMs : Number.POSITIVE_INFINITY;
};

/** Whom an API key or a token lets in. */
export type CallerOf = (secret: string) => Promise<Caller>;

/** Keys are held by their SHA-256 only, in memory as in the store. */
export const createCallerOf = ({ store, onUse, onFound, verifyToken }: CallerOfDeps): CallerOf => {
  const believed = new LRUCache<string, Believed>({ max: KEYS_MAX, ttl: BELIEVED_MS });

  const look = async (digest: Buffer): Promise<Believed> => {
    const key = digest.toString('base64');
    const held = believed.get(key);
    if (held !== undefined) return held;
    // What a store says late may have been so when it was asked, and no longer.
    const start = performance.now();
    const found = await ask(store, digest);
    believed.set(key, found, { start });
    if (!('refusal' in found)) onFound?.(found);
    return found;
  };

  const byKey = async (secret: string): Promise<Caller> => {
    if (secret.length > KEY_LENGTH_MAX) throw unknownKey();
    const found = await look(hash('sha256', secret, 'buffer'));
    if ('refusal' in found) throw found.refusal;
    // It may have ended since it was found.
    if (found.endsAt <= performance.now()) throw new ServiceError('API_KEY_EXPIRED', 'the API key has expired');
    onUse(found.caller.id);
    return found.caller;
  };

  return async (secret) => (verifyToken !== undefined && isToken(secret) ? verifyToken(secret) : byKey(secret));
};

/** Finds out whose API key a call carries, or whom a token lets in. */
export const createAuthenticate =
  (callerOf: CallerOf): Authenticate =>
  async (metadata) =>
    callerOf(bearerToken(metadata, TOKEN_LENGTH_MAX));

const unknownKey = () => new ServiceError('UNAUTHENTICATED', 'the key is not known here');

const ask = async (store: CallerOfDeps['store'], digest: Buffer): Promise<Believed> => {
  try {
    const found = await store.findApiKey(digest, { requestId: randomUUID(), deadlineMs: Date.now() + LOOK_UP_MS });
    return found === undefined ? { refusal: unknownKey() } : { ...found, endsAt: endOf(found) };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.reason !== 'API_KEY_EXPIRED') throw error;
    return { refusal: new ServiceError('API_KEY_EXPIRED', error.message) };
  }
};
