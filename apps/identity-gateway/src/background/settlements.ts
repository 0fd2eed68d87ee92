import { ServiceError } from '@userferry/errors';
import type { CallContext } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { count } from '@userferry/telemetry';
import type { LoginStore, SettledAttempt } from '../clients/login-store.ts';
import type { SettleAttempt } from '../login/settle-attempt.ts';
import { createOutbox, sendEach } from './outbox.ts';

/** As many go out at once; an attempt that is lost counts as a wrong password until it is forgotten. */
const BATCH_MAX = 32;
const CAPACITY = 10_000;
/** Longer than our store waits for a connection and for a row: only then does it say that nothing was done. */
const SEND_MS_MAX = 9_000;

/** Whether nothing was settled, as far as a store can say that is away or undid its transaction. */
const isUndone = (error: unknown): boolean =>
  error instanceof ServiceError &&
  (error.code === 'UNAVAILABLE' || error.code === 'ABORTED') &&
  error.metadata.done !== 'unknown';

export const createSettlements = (
  store: Pick<LoginStore, 'settleAttempt'>,
  log: Pick<Logger, 'warn'>,
): AsyncDisposable & { readonly settle: SettleAttempt } => {
  const name = 'attempt_ends';
  /** What may have been done is given up: done twice, it takes back other wrong passwords, or counts another login. */
  const giveUp = (error: unknown): void => {
    if (isUndone(error)) throw error;
    count('userferry_outbox_dropped_total', { outbox: name });
    log.warn({ err: error }, 'whether the store took the end of a login attempt is not known: it is not sent again');
  };
  const send = (batch: readonly SettledAttempt[], call: CallContext) =>
    sendEach(batch, (settled) => store.settleAttempt(settled, call).catch(giveUp));
  const outbox = createOutbox({
    what: 'ends of login attempts',
    name,
    send,
    batchMax: BATCH_MAX,
    // Until it is told, it counts as a wrong password.
    gatherMs: 0,
    capacity: CAPACITY,
    sendMsMax: SEND_MS_MAX,
    log,
  });
  return { settle: outbox.add, [Symbol.asyncDispose]: () => outbox[Symbol.asyncDispose]() };
};
