import type { RunningServer } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import { showGauge } from '@userferry/telemetry';
import type { UserStore } from '@userferry/user-store';

export type HealthDeps = {
  readonly store: Pick<UserStore, 'ping'>;
  readonly server: Pick<RunningServer, 'setServing'>;
  readonly log: Logger;
};

/** Asks the database again and again, and says NOT_SERVING for as long as it does not answer. */
export const watchHealth = ({ store, server, log }: HealthDeps, intervalMs: number): Disposable => {
  let serving = true;
  let stopped = false;
  let timer: NodeJS.Timeout;
  const shown = showGauge('userferry_store_up', () => [[serving ? 1 : 0, {}]]);

  const look = async (): Promise<void> => {
    const problem = await store.ping().catch((err: unknown) => ({ err }));
    if (stopped) return;
    const answers = problem === undefined;
    if (answers !== serving)
      log.warn({ serving: answers, ...problem }, answers ? 'the database answers again' : 'no database');
    serving = answers;
    server.setServing(serving);
    timer = setTimeout(look, intervalMs);
  };

  timer = setTimeout(look, intervalMs);
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    shown[Symbol.dispose]();
  };
  return { [Symbol.dispose]: stop };
};
