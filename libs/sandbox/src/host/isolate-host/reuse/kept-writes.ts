/** What a driver writes on a connection that may be kept, until it takes leave of it. */
import type { Connection, Connections } from '../connections.ts';
import type { EventQueue } from '../event-queue.ts';
import type { GiveUp } from './give-up.ts';
import type { ReuseTerms } from './reuse-terms.ts';

export type KeptWrites = {
  /** Whether a connection that its driver takes leave of, with these bytes, is kept. */
  keeps(id: number, connection: Connection, farewell: Buffer): boolean;
  /** Whether bytes of the guest are not to go out. */
  takes(id: number, connection: Connection, bytes: Buffer): boolean;
};

type KeptWritesDeps = { readonly connections: Connections; readonly events: EventQueue };

/** What the guest writes on a connection that may be kept, up to its driver's last word. */
export function createKeptWrites(
  terms: ReuseTerms | undefined,
  { connections, events }: KeptWritesDeps,
  breakOff: GiveUp,
): KeptWrites {
  const park = (id: number, { keeping, socket, release }: Connection, { lot }: ReuseTerms): void => {
    connections.forget(id);
    release?.();
    if (keeping?.addresses !== undefined && socket !== undefined) {
      lot.park({ ...keeping, addresses: keeping.addresses, socket });
    }
  };

  return {
    keeps(id, connection, farewell) {
      const isInOrder = terms !== undefined && connection.keeping?.follower.onWrite(farewell) === 'farewell';
      if (isInOrder) park(id, connection, terms);
      return isInOrder;
    },
    takes(id, connection, bytes) {
      const follower = connection.keeping?.follower;
      const written = follower?.onWrite(bytes) ?? 'send';
      const answer = written === 'swallow' ? follower?.takeAnswer?.() : undefined;
      if (answer !== undefined) connections.giveData(id, answer);
      if (written === 'farewell' && terms !== undefined) {
        park(id, connection, terms);
        events.emit([id, 'end']);
        events.emit([id, 'close', false]);
      } else if (written === 'broken') breakOff(id, connection);
      return written !== 'send';
    },
  };
}
