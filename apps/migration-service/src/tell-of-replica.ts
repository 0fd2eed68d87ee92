import type { Logger } from '@userferry/process';

/** Says in the log who answers reads that may be late. */
export const tellOfReplica =
  (log: Pick<Logger, 'info' | 'warn'>) =>
  (isAsked: boolean): void => {
    if (isAsked) log.info('the replica answers lists, searches, history and counts');
    else log.warn('the replica is down or too far behind: the primary answers everything');
  };
