import { REUSE } from '../limits.ts';
import type { ParkingLot } from './parking-lot.ts';
import type { Parked } from './parking-place.ts';

/** Connections that a run has let go of in order, until it is known how the run ends: nothing is kept of one that failed. */
export type HeldConnections = {
  /** Whether it is taken. Nobody may listen to the socket any more. */
  hold(parked: Parked): boolean;
  /** Lets a later connect of the same run have a session that it has let go of. */
  park(key: string): void;
  /** The run is over. */
  release(isInOrder: boolean): void;
};

export function createHeldConnections(lot: ParkingLot | undefined): HeldConnections {
  const held: Parked[] = [];
  return {
    hold(parked) {
      if (held.length >= REUSE.total) return false;
      parked.socket.pause().on('error', () => undefined);
      held.push(parked);
      return true;
    },
    park(key) {
      const at = held.findIndex((one) => one.key === key && one.follower.welcome !== undefined);
      const [found] = at < 0 ? [] : held.splice(at, 1);
      if (found !== undefined) lot?.park(found);
    },
    release(isInOrder) {
      for (const one of held.splice(0)) {
        if (isInOrder && lot !== undefined) lot.park(one);
        else one.socket.destroy();
      }
    },
  };
}
