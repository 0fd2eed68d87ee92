import { REUSE } from '../limits.ts';
import type { ParkingLot } from './parking-lot.ts';
import type { Parked } from './parking-place.ts';

/** Connections that a run has let go of in order, until it is known how the run ends: nothing is kept of one that failed. */
export type HeldConnections = {
  /** Whether it is taken. Nobody may listen to the socket any more. */
  hold(parked: Parked): boolean;
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
    release(isInOrder) {
      for (const one of held.splice(0)) {
        if (isInOrder && lot !== undefined) lot.park(one);
        else one.socket.destroy();
      }
    },
  };
}
