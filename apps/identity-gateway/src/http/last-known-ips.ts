import type { CallContext } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import type { PublicIps, PublicIpsClient } from '../clients/public-ips.ts';

/** A list, and how old it is when it could not be asked for anew. */
export type KnownIps = { readonly list: PublicIps; readonly staleMs: number | undefined };

export type LastKnownIpsOptions = {
  readonly publicIps: Pick<PublicIpsClient, 'list'>;
  /** How old a list may be that is still told while public-ip-service is down. */
  readonly staleMsMax: number;
  readonly log: Logger;
  /** Milliseconds of a clock that nobody sets. */
  readonly clock?: () => number;
};

export type LastKnownIps = {
  /** Rejects as the call did when nothing, or nothing that is young enough, is known. */
  readonly get: (call: CallContext) => Promise<KnownIps>;
};

/** Anybody may ask as often as they like; public-ip-service is asked once in this time, by one call for all. */
const FRESH_MS = 2_000;

/**
 * The list as it was last told. When public-ip-service is down, what was true a while ago is better than an error: a
 * firewall that goes by it stays as it is.
 */
export const createLastKnownIps = (options: LastKnownIpsOptions): LastKnownIps => {
  const { publicIps, staleMsMax, log, clock = () => performance.now() } = options;
  let known: { readonly list: PublicIps; readonly atMs: number } | undefined;
  let failed: { readonly error: unknown; readonly atMs: number } | undefined;
  let asking: Promise<void> | undefined;

  const ask = async (call: CallContext): Promise<void> => {
    try {
      known = { list: await publicIps.list(call), atMs: clock() };
      failed = undefined;
    } catch (error) {
      if (failed === undefined)
        log.warn({ err: error, known: known !== undefined }, 'the public ips cannot be asked for');
      failed = { error, atMs: clock() };
    } finally {
      asking = undefined;
    }
  };
  /** One call for all who ask meanwhile. */
  const askOnce = (call: CallContext): Promise<void> => {
    asking ??= ask(call);
    return asking;
  };
  const isFresh = (atMs: number | undefined) => atMs !== undefined && clock() - atMs < FRESH_MS;
  const isKnown = () => known !== undefined && clock() - known.atMs <= staleMsMax;
  return {
    get: async (call) => {
      // While the service is down nobody waits for it: it is asked behind the answer.
      if (failed && isKnown()) {
        if (!isFresh(failed.atMs)) void askOnce(call);
      } else if (!isFresh(known?.atMs)) await askOnce(call);
      if (known && failed === undefined) return { list: known.list, staleMs: undefined };
      if (known && isKnown()) return { list: known.list, staleMs: clock() - known.atMs };
      throw failed?.error;
    },
  };
};
