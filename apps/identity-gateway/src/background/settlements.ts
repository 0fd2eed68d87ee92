import type { CallContext } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import type { LoginStore, SettledAttempt } from '../clients/login-store.ts';
import type { SettleAttempt } from '../login/settle-attempt.ts';
import { createOutbox, sendEach } from './outbox.ts';

/** As many go out at once; an attempt that is lost counts as a wrong password until it is forgotten. */
const BATCH_MAX = 32;
const CAPACITY = 10_000;

export const createSettlements = (
  store: Pick<LoginStore, 'settleAttempt'>,
  log: Pick<Logger, 'warn'>,
): AsyncDisposable & { readonly settle: SettleAttempt } => {
  const send = (batch: readonly SettledAttempt[], call: CallContext) =>
    sendEach(batch, (settled) => store.settleAttempt(settled, call));
  const outbox = createOutbox({
    what: 'ends of login attempts',
    name: 'attempt_ends',
    send,
    batchMax: BATCH_MAX,
    // Until it is told, it counts as a wrong password.
    gatherMs: 0,
    capacity: CAPACITY,
    log,
  });
  return { settle: outbox.add, [Symbol.asyncDispose]: () => outbox[Symbol.asyncDispose]() };
};
