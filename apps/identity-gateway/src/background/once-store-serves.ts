import { randomUUID } from 'node:crypto';
import type { Logger } from '@userferry/process';
import type { StoreHealth } from '../clients/store-health.ts';

const ASK_MS_MAX = 2_000;
/** Between two questions: in the first moments, and then, since each that is refused is a line in the other side's log. */
const AGAIN_MS = 250;
const LATER_MS = 1_000;
/** Services are started side by side: who waits a moment only has nothing to say. */
const SILENT_MS = 5_000;
const REMIND_MS = 30_000;

/**
 * Calls `ready` once, when our store has served for the first time, and has taken a call of ours. A gateway that has never
 * reached it is wrongly set up or too early, and gets no calls; its log says every half minute what it waits for. One that
 * has stays ready when the store blinks, since all replicas would go at once and nobody be left to say that it is an outage.
 */
export const onceStoreServes = (
  { problem }: Pick<StoreHealth, 'problem'>,
  ready: () => void,
  { log, clock = () => performance.now() }: { readonly log: Pick<Logger, 'error'>; readonly clock?: () => number },
): Disposable => {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const patientMs = clock() + SILENT_MS;
  let sayMs = patientMs;
  const say = (found: string): void => {
    if (clock() < sayMs) return;
    log.error({ problem: found }, 'not ready: waiting for a migration-service that serves and takes our calls');
    sayMs = clock() + REMIND_MS;
  };
  const ask = async (): Promise<void> => {
    const found = await problem({ requestId: randomUUID(), deadlineMs: Date.now() + ASK_MS_MAX });
    if (stopped) return;
    if (found === undefined) return ready();
    say(found);
    timer = setTimeout(ask, clock() < patientMs ? AGAIN_MS : LATER_MS);
  };
  void ask();
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return { [Symbol.dispose]: stop };
};
