/** How often a run crosses the boundary of its isolate: a batch, in either direction, counts once, and so does a question. */
import type { GuestEvent } from '../../bridge/operations.ts';
import type { BridgeHandler } from './guest-references.ts';

type Dispatch = (events: readonly GuestEvent[]) => Promise<void>;

export type Crossings = {
  count(): number;
  /** Counts what goes into the isolate. */
  into(dispatch: Dispatch): Dispatch;
  /** Counts what comes out of it. */
  outOf(handler: BridgeHandler): BridgeHandler;
};

export function createCrossings(): Crossings {
  let count = 0;
  return {
    count: () => count,
    into: (dispatch) => (events) => {
      count += 1;
      return dispatch(events);
    },
    outOf: (handler) => ({
      onOperations(batch) {
        count += 1;
        handler.onOperations(batch);
      },
      onQuestion(question, args) {
        count += 1;
        return handler.onQuestion(question, args);
      },
    }),
  };
}
