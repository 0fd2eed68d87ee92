import { ServiceError } from '@userferry/errors';

export type QueueLimits = {
  /** Tasks that run at a time. */
  readonly inFlightMax: number;
  /** Tasks that wait for their turn; any more are refused at once. */
  readonly waitingMax: number;
};

/** Runs a task when its turn comes. A caller who has hung up by then is passed over. */
export type BoundedQueue = <T>(task: () => Promise<T>, signal: AbortSignal) => Promise<T>;

const overloaded = () => new ServiceError('SERVICE_UNAVAILABLE', 'too many passwords are being checked: try again');
const hungUp = () => new ServiceError('CANCELLED', 'the caller hung up before its turn came');

/** Fails with ServiceError SERVICE_UNAVAILABLE when the queue is full, CANCELLED when the caller has hung up. */
export const createBoundedQueue = ({ inFlightMax, waitingMax }: QueueLimits): BoundedQueue => {
  const waiting: (() => void)[] = [];
  let inFlight = 0;

  const turn = async (): Promise<void> => {
    if (inFlight < inFlightMax) {
      inFlight += 1;
      return;
    }
    if (waiting.length >= waitingMax) throw overloaded();
    await new Promise<void>((resolve) => waiting.push(resolve));
  };

  const done = (): void => {
    const next = waiting.shift();
    if (next === undefined) inFlight -= 1;
    else next();
  };

  return async (task, signal) => {
    await turn();
    try {
      if (signal.aborted) throw hungUp();
      return await task();
    } finally {
      done();
    }
  };
};
