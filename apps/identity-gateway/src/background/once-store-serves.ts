import { randomUUID } from 'node:crypto';
import type { StoreHealth } from '../clients/store-health.ts';

const ASK_MS_MAX = 2_000;
const AGAIN_MS = 250;

/**
 * Calls `ready` once, when our store has served for the first time. A gateway that has never reached it is wrongly set up
 * or too early, and gets no calls; one that has stays ready when the store blinks, since all replicas would go at once and
 * nobody be left to say that it is an outage.
 */
export const onceStoreServes = ({ serves }: Pick<StoreHealth, 'serves'>, ready: () => void): Disposable => {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const ask = async (): Promise<void> => {
    const is = await serves({ requestId: randomUUID(), deadlineMs: Date.now() + ASK_MS_MAX });
    if (stopped) return;
    if (is) return ready();
    timer = setTimeout(ask, AGAIN_MS);
  };
  void ask();
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return { [Symbol.dispose]: stop };
};
