import { ServiceError } from '@userferry/errors';

/** How many run ids of writes are remembered: far more than run within any caller's deadline. */
const REMEMBERED_MAX = 100_000;

/** Refuses to start a write twice, however often its request is sent. */
export const createStartedRuns = () => {
  const started = new Set<string>();
  return {
    /** @throws ServiceError RUN_ALREADY_STARTED */
    start: (runId: string): void => {
      if (started.has(runId)) throw new ServiceError('RUN_ALREADY_STARTED', 'a run with this id was started before');
      started.add(runId);
      if (started.size > REMEMBERED_MAX) started.delete(started.values().next().value as string);
    },
  };
};

export type StartedRuns = ReturnType<typeof createStartedRuns>;
