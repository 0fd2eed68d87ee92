/** One run's end of `crypto`: answers questions, starts what the thread pool does, keeps open objects. */
import { asInteger, asText } from '../arguments.ts';
import type { EventQueue } from '../event-queue.ts';
import { QuotaExceeded } from '../limits.ts';
import type { WaitClock } from '../wait-clock.ts';
import { toWireError } from '../wire-error.ts';
import { callCrypto, startCrypto } from './crypto-calls.ts';
import { CRYPTO_LIMITS } from './crypto-limits.ts';
import { createCryptoObjects } from './crypto-objects.ts';
import { callSubtle } from './subtle-calls.ts';

type Args = readonly unknown[];

export type CryptoDesk = {
  /** Calls that the thread pool has not answered. */
  pending(): number;
  /** Starts a call whose errors are all told later. */
  start(id: unknown, name: unknown, args: unknown): void;
  /** Questions by their names; they throw what the guest shall catch. */
  readonly questions: ReadonlyMap<string, (args: Args) => unknown>;
  close(): void;
};

/** A call under way; it ends with its answer, or where there is none. */
type Begun = { readonly end: () => void; readonly done: (error: unknown, value?: unknown) => void };

const asList = (value: unknown): Args => (Array.isArray(value) ? value : []);

export function createCryptoDesk(events: EventQueue, waits: WaitClock): CryptoDesk {
  const objects = createCryptoObjects();
  let pending = 0;

  const begin = (rawId: unknown): Begun => {
    const id = asInteger(rawId, 'id');
    if (pending >= CRYPTO_LIMITS.pendingCalls) {
      throw new QuotaExceeded(`A run may wait for ${CRYPTO_LIMITS.pendingCalls} calls of crypto at once`);
    }
    pending += 1;
    const over = waits.begin();
    const end = (): void => {
      pending -= 1;
      over();
    };
    const done: Begun['done'] = (error, value) => {
      end();
      const failed = error !== null && error !== undefined;
      events.emit(failed ? [id, 'err', toWireError(error)] : [id, 'ok', value]);
    };
    return { end, done };
  };
  /** What Node refuses at once is thrown at once. */
  const start = ([id, name, args]: Args): void => {
    const { end, done } = begin(id);
    try {
      startCrypto(asText(name, 'name', 32), asList(args), done);
    } catch (error) {
      end();
      throw error;
    }
  };
  const startSubtle = ([id, method, args]: Args): void => {
    const { done } = begin(id);
    callSubtle(method, asList(args)).then((value) => done(null, value), done);
  };

  const startAndTell: CryptoDesk['start'] = (id, name, args) => {
    try {
      start([id, name, args]);
    } catch (error) {
      events.emit([asInteger(id, 'id'), 'err', toWireError(error)]);
    }
  };

  return {
    start: startAndTell,
    pending: () => pending,
    questions: new Map<string, (args: Args) => unknown>([
      ['crypto', ([name, args]) => callCrypto(asText(name, 'name', 32), asList(args))],
      ['crypto.start', start],
      ['crypto.subtle', startSubtle],
      ['crypto.open', objects.open],
      ['crypto.call', objects.call],
    ]),
    close: objects.close,
  };
}
