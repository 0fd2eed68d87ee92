/** Work that waits in its connection's queue for an isolate host. */
import { ServiceError } from '@userferry/errors';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import type { Refusal, Waiting, WorkQueue } from '../pool/work-queue.ts';

export const REFUSALS: Readonly<Record<Refusal, string>> = {
  queue_full: 'too many runs of this connection are waiting already',
  runner_full: 'too many runs are waiting already',
  waited_too_long: 'no isolate host was free in time',
  too_late: 'the run could not have ended in time',
  no_hosts: 'no isolate host can be started here now',
  closed: 'the sandbox is closed',
};

/** The runner's own fault; of one that is going away, or has no hosts, another may do the same call at once. */
export const runnersFault = (why: Refusal, retryAfterMs: number): ServiceError =>
  why === 'closed' || why === 'no_hosts'
    ? new ServiceError('SERVICE_UNAVAILABLE', REFUSALS[why], { metadata: { begun: 'no' } })
    : new ServiceError('RUNNER_OVERLOADED', REFUSALS[why], { metadata: { retry_after_ms: String(retryAfterMs) } });

/** What is done in a host, once there is one, and what instead where there is none. */
export type Work<T> = {
  readonly connectionKey: string;
  readonly latestStartMs?: number | undefined;
  begin(host: IsolateHost): Promise<T>;
  /** Never throws: it is called by a timer, where nobody would catch it and the process would end. */
  instead(why: Refusal, retryAfterMs: number): T | Promise<T>;
};

/** Waits in the connection's queue for a host, then works there. `undefined` when `signal` came before a host did. */
export const workIn = <T>(
  queue: WorkQueue<IsolateHost>,
  work: Work<T>,
  signal?: AbortSignal,
): Promise<T | undefined> => {
  if (signal?.aborted) return Promise.resolve(undefined);
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const waiting: Waiting<IsolateHost> = {
    connectionKey: work.connectionKey,
    latestStartMs: work.latestStartMs,
    start: (host) => resolve(work.begin(host)),
    giveUp: (why, retryAfterMs) => resolve(work.instead(why, retryAfterMs)),
  };
  const cancel = (): void => {
    if (queue.remove(waiting)) resolve(undefined);
  };
  signal?.addEventListener('abort', cancel, { once: true });
  queue.add(waiting);
  return promise.finally(() => signal?.removeEventListener('abort', cancel));
};
