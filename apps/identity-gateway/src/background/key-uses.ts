import { randomUUID } from 'node:crypto';
import type { Logger } from '@userferry/process';
import type { PoolStore } from '../clients/pool-store.ts';

export type KeyUses = AsyncDisposable & {
  /** Notes that a key was used now. */
  readonly note: (apiKeyId: string) => void;
};

export type KeyUsesOptions = {
  readonly store: Pick<PoolStore, 'noteApiKeyUses'>;
  readonly log: Logger;
  /** Between two tellings: so late is what the store knows. */
  readonly tellMs?: number;
};

const TELL_MS = 60_000;
const CALL_MS_MAX = 5_000;
/** As many keys as are held for being known; of more, the newest are noted. */
const KEYS_MAX = 50_000;
/** What one message tells of. */
const PORTION = 5_000;

/**
 * When keys were used last, told to the store once a minute for all of them, off the calls' path. What the store did not
 * take is told with the next.
 */
export const createKeyUses = ({ store, log, tellMs = TELL_MS }: KeyUsesOptions): KeyUses => {
  const lastUsed = new Map<string, number>();
  const note = (apiKeyId: string, atMs = Date.now()): void => {
    lastUsed.delete(apiKeyId);
    lastUsed.set(apiKeyId, atMs);
    const [oldest] = lastUsed.size > KEYS_MAX ? lastUsed.keys() : [];
    if (oldest !== undefined) lastUsed.delete(oldest);
  };
  const tell = async (): Promise<void> => {
    const uses = [...lastUsed].map(([apiKeyId, atMs]) => ({ apiKeyId, at: new Date(atMs) }));
    lastUsed.clear();
    for (let from = 0; from < uses.length; from += PORTION) {
      const portion = uses.slice(from, from + PORTION);
      const call = { requestId: randomUUID(), deadlineMs: Date.now() + CALL_MS_MAX };
      await store.noteApiKeyUses(portion, call).catch((error: unknown) => {
        log.warn({ err: error, keys: portion.length }, 'the last use of keys was not noted; it is told again');
        for (const { apiKeyId, at } of portion) if (!lastUsed.has(apiKeyId)) note(apiKeyId, Number(at));
      });
    }
  };
  const timer = setInterval(() => void tell(), tellMs).unref();
  return {
    note: (apiKeyId) => note(apiKeyId),
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await tell();
    },
  };
};
