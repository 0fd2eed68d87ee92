import type { Logger } from '@userferry/process';
import type { UserStore } from '@userferry/user-store';

export type SweepDeps = {
  readonly store: {
    readonly [Name in 'attempts' | 'scriptRuns' | 'progress' | 'audit']: Pick<UserStore[Name], 'sweep'>;
  };
  readonly log: Pick<Logger, 'warn'>;
};

/** Takes away, again and again, what has outlived its time: login attempts, runs, counts of logins, audit entries. */
export const sweepStore = ({ store, log }: SweepDeps, intervalMs: number): Disposable => {
  let stopped = false;
  let timer: NodeJS.Timeout;

  const sweep = async (): Promise<void> => {
    const { attempts, scriptRuns, progress, audit } = store;
    const swept = await Promise.allSettled([attempts, scriptRuns, progress, audit].map((rows) => rows.sweep()));
    if (stopped) return;
    // The next round tries again; that the database is away is told by the health check already.
    const failures = swept.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
    // What fails all of them is said once.
    for (const err of new Map(failures.map((each) => [each.message, each])).values())
      log.warn({ err }, 'nothing was swept away');
    timer = setTimeout(sweep, intervalMs);
  };

  timer = setTimeout(sweep, intervalMs);
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return { [Symbol.dispose]: stop };
};
