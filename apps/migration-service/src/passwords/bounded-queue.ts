import { ServiceError } from '@userferry/errors';
import { count, inSpan, observe, showGauge } from '@userferry/telemetry';

export type QueueLimits = {
  /** Tasks that run at a time. */
  readonly inFlightMax: number;
  /** Tasks that wait for their turn; any more are refused at once. */
  readonly waitingMax: number;
};

export type BoundedQueue = {
  /**
   * Runs a task when its turn comes; wait and work are told apart. A caller who has hung up by then is passed over.
   * @throws ServiceError SERVICE_UNAVAILABLE when too many wait, CANCELLED when the caller has hung up
   */
  readonly run: <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** One more would be half of what may run at the most: there is room for what nobody waits for. */
  readonly isSlack: () => boolean;
  /** Nothing runs, and so nothing waits. */
  readonly isIdle: () => boolean;
};

const MS = 1_000;

const overloaded = () => new ServiceError('SERVICE_UNAVAILABLE', 'too many passwords are being checked: try again');
const hungUp = () => new ServiceError('CANCELLED', 'the caller hung up before its turn came');

export const createBoundedQueue = ({ inFlightMax, waitingMax }: QueueLimits): BoundedQueue => {
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  // As long as the process: whoever has a queue has it for good.
  showGauge('userferry_password_hashes_in_flight', () => [[inFlight, {}]]);
  showGauge('userferry_password_hashes_waiting', () => [[waiting.length, {}]]);

  const turn = async (): Promise<void> => {
    if (inFlight < inFlightMax) {
      inFlight += 1;
      return;
    }
    if (waiting.length >= waitingMax) {
      count('userferry_password_hashes_refused_total', {});
      throw overloaded();
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  };

  const done = (): void => {
    const next = waiting.shift();
    if (next === undefined) inFlight -= 1;
    else next();
  };

  const run: BoundedQueue['run'] = async (task, signal) => {
    const asked = performance.now();
    await inSpan('password hash: wait', turn);
    const begun = performance.now();
    observe('userferry_password_hash_wait_seconds', (begun - asked) / MS, {});
    try {
      if (signal.aborted) throw hungUp();
      const result = await inSpan('password hash: work', task);
      observe('userferry_password_hash_seconds', (performance.now() - begun) / MS, {});
      return result;
    } finally {
      done();
    }
  };
  return { run, isSlack: () => 2 * (inFlight + 1) <= inFlightMax, isIdle: () => inFlight === 0 };
};
