import { ServiceError } from '@userferry/errors';
import { type CallFacts, FROZEN_FOUND_MS } from '@userferry/grpc';
import { count } from '@userferry/telemetry';
import { LRUCache } from 'lru-cache';
import type { ConnectionStore } from '../clients/connection-store.ts';
import type { ConnectionSettings } from './script-run.ts';
import type { ConnectionFacts } from './store-facts.ts';

/** Connections whose decrypted settings are held in memory; the least recently used go first. */
const CONNECTIONS_MAX = 10_000;
/** And how much memory they may take: scripts may be a thousand times as large as most are. */
const BYTES_MAX = 256 * 1024 * 1024;
/** What a character takes where not all of a text are Latin. */
const CHARACTER_BYTES = 2;

const bytesOf = ({ env, scripts }: ConnectionSettings): number => {
  let characters = 1;
  for (const text of [...scripts.values(), ...Object.values(env)]) characters += text.length;
  return characters * CHARACTER_BYTES;
};

type Wanted = Pick<ConnectionFacts, 'connectionId' | 'version'>;

/**
 * A connection that was deleted and made anew is another, whatever its version: the id tells them apart. A later version than
 * the store tells of is one that it may have lost in a failover.
 */
const isCurrent = (held: ConnectionSettings, { connectionId, version }: Wanted): boolean =>
  held.connectionId === connectionId && held.version === version;

/** Longer than our store takes in trouble, behind a replica that was frozen when it was asked. Who waits has a time of their own. */
const FETCH_MS = FROZEN_FOUND_MS + 10_000;

/** A call that no caller ends: others may wait for what it brings. */
const endedByNobody = (call: CallFacts): CallFacts => ({
  ...call,
  deadlineMs: Date.now() + FETCH_MS,
  signal: new AbortController().signal,
});

/** Waits for work that goes on without this call, and not past the call's end. Throws DEADLINE_EXCEEDED, CANCELLED. */
const within = <T>({ signal, deadlineMs }: CallFacts, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const onEnd = (): void => {
      const isLate = Date.now() >= deadlineMs;
      const [reason, what] = isLate
        ? (['DEADLINE_EXCEEDED', 'ran out of time'] as const)
        : (['CANCELLED', 'hung up'] as const);
      reject(new ServiceError(reason, `the caller ${what} while the connection's settings were on their way`));
    };
    if (signal.aborted) onEnd();
    signal.addEventListener('abort', onEnd, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onEnd));
  });

/** Our store has told of the connection a moment ago. */
const deletedSince = (error: unknown): never => {
  if (!(error instanceof ServiceError) || error.reason !== 'CONNECTION_NOT_FOUND') throw error;
  throw new ServiceError('CONCURRENT_CHANGE', 'the connection was deleted at this moment; try again');
};

/**
 * Decrypted settings in memory, under their version. Nothing is ever pushed: whoever asks names the version that the
 * store has just told, and settings of any other version are fetched anew, once for all who wait.
 */
export const createSettingsCache = (store: Pick<ConnectionStore, 'getConnectionSettings'>) => {
  const cache = new LRUCache<string, ConnectionSettings>({
    max: CONNECTIONS_MAX,
    maxSize: BYTES_MAX,
    sizeCalculation: bytesOf,
  });
  const fetching = new Map<string, Promise<ConnectionSettings>>();

  const fetch = async (userPoolId: string, call: CallFacts): Promise<ConnectionSettings> => {
    const settings = await store.getConnectionSettings(userPoolId, endedByNobody(call)).catch(deletedSince);
    cache.set(userPoolId, settings);
    return settings;
  };

  return {
    /**
     * The settings of that version, or of a later one that was saved in between.
     * @throws ServiceError CONCURRENT_CHANGE where the connection was deleted in between
     */
    current: (userPoolId: string, wanted: Wanted, call: CallFacts): Promise<ConnectionSettings> => {
      const held = cache.get(userPoolId);
      const isHit = held !== undefined && isCurrent(held, wanted);
      count('userferry_settings_lookups_total', { result: isHit ? 'hit' : 'miss' });
      if (isHit) return Promise.resolve(held);
      const key = `${userPoolId} ${wanted.connectionId} ${wanted.version}`;
      const flight = fetching.get(key) ?? fetch(userPoolId, call).finally(() => fetching.delete(key));
      fetching.set(key, flight);
      return within(call, flight);
    },
  };
};

export type SettingsCache = ReturnType<typeof createSettingsCache>;
