import { createHash, randomUUID } from 'node:crypto';
import { ServiceError } from '@userferry/errors';
import { type Authenticate, bearerToken, type Caller } from '@userferry/grpc';
import { LRUCache } from 'lru-cache';
import type { PoolStore } from '../clients/pool-store.ts';

/** How long a key that was found, or not found, is believed: so fast does a revocation reach every replica. */
const BELIEVED_MS = 10_000;
const KEYS_MAX = 50_000;
/** Long enough to find that a migration-service is frozen, and to ask another one. */
const LOOK_UP_MS = 20_000;

/** Finds out whose API key a call carries. Keys are held by their SHA-256 only, in memory as in the store. */
export const createAuthenticate = (store: Pick<PoolStore, 'findApiKey'>): Authenticate => {
  const believed = new LRUCache<string, { readonly caller: Caller | undefined }>({ max: KEYS_MAX, ttl: BELIEVED_MS });

  const look = async (digest: Buffer): Promise<Caller | undefined> => {
    const key = digest.toString('base64');
    const held = believed.get(key);
    if (held !== undefined) return held.caller;
    const caller = await store.findApiKey(digest, { requestId: randomUUID(), deadlineMs: Date.now() + LOOK_UP_MS });
    believed.set(key, { caller });
    return caller;
  };

  return async (metadata) => {
    const caller = await look(createHash('sha256').update(bearerToken(metadata)).digest());
    if (caller === undefined) throw new ServiceError('UNAUTHENTICATED', 'the key is not known here');
    return caller;
  };
};
