/** Where a run's connections come out of the parking lot and go back to it. */
import { OFFER_ID, type OfferedSession, type SocketAddresses } from '../../../bridge/operations.ts';
import type { Connection, Connections } from '../connections.ts';
import type { EventQueue } from '../event-queue.ts';
import type { TransportLog } from '../transport-log.ts';
import { createBreakOff, createGiveUp } from './give-up.ts';
import { createHeldConnections } from './held-connections.ts';
import { keepable } from './keepable.ts';
import { createKeptTls, type KeptTls } from './kept-tls.ts';
import { createKeptWrites, type KeptWrites } from './kept-writes.ts';
import { createOfferedSession, mayServe, openingOf } from './offered-session.ts';
import type { Parked } from './parking-place.ts';
import type { ReuseTerms } from './reuse-terms.ts';
import { keyOf, originOf, type Target } from './session-key.ts';
import { createTypedTexts } from './typed-texts.ts';

type Deps = {
  readonly connections: Connections;
  readonly events: EventQueue;
  readonly transport: TransportLog;
  readonly counts: { reused: number };
};

export type ReuseDesk = KeptTls &
  KeptWrites & {
    /** Puts a session aside for the run's first connection that may be kept, and gives what the guest is told of it. */
    offer(): OfferedSession | undefined;
    /** Gives the connection the session that was put aside. */
    take(id: number, connection: Connection, target: Target): void;
    /** Gives the connection one of an earlier run; where there is none, `openAnother` is called. */
    open(id: number, connection: Connection, target: Target, openAnother: () => void): void;
    /** Where a new connection has led to. */
    note(connection: Connection, addresses: SocketAddresses): void;
    /** Whether a connection that the run lets go of is held for later ones, and not to be closed. */
    holds(connection: Connection): boolean;
    /** The run is over: what it has let go of is kept where it ended in order, and closed where it did not. */
    release(isInOrder: boolean): void;
  };

/** The desk of one run; without terms nothing of it is kept. */
export function createReuseDesk(terms: ReuseTerms | undefined, deps: Deps): ReuseDesk {
  const { connections, events, transport, counts } = deps;
  const held = createHeldConnections(terms?.lot);
  const typed = createTypedTexts(terms?.argsJson, terms?.scope ?? '');
  const offered = createOfferedSession(terms, typed, () => events.emit([OFFER_ID, 'gone']));

  const giveUp = createGiveUp(deps);
  const breakOff = createBreakOff(terms, giveUp);
  const adopt = (id: number, connection: Connection, parked: Parked): void => {
    counts.reused += 1;
    transport.succeeded();
    connection.keeping = parked;
    connections.use(id, connection, parked.socket);
  };
  const introduce = (id: number, parked: Parked): void => {
    const { facts, data } = openingOf(parked);
    events.emit([id, 'connect', facts]);
    for (const bytes of data) connections.giveData(id, bytes);
  };

  return {
    offer: offered.offer,
    take(id, connection, target) {
      const parked = offered.take(target);
      // Its server has ended it after it was offered, and the word of that is under way: as if it had done so after the connect.
      if (parked === undefined) giveUp(id, connection);
      else adopt(id, connection, parked);
    },
    open(id, connection, target, openAnother) {
      // The first wish was for another one.
      if (target.key !== undefined) offered.withdraw();
      const keep = terms && keepable(terms, typed, target);
      if (terms === undefined || keep === undefined) {
        openAnother();
        return;
      }
      const key = keyOf(terms.scope, target);
      held.park(key);
      const withdraw = terms.lot.take(key, mayServe(terms, target), (parked) => {
        if (parked !== undefined) {
          adopt(id, connection, parked);
          introduce(id, parked);
          return;
        }
        if (terms.lot.accepts(key)) {
          const origin = originOf(terms.scope, target, keep.credentials);
          connection.keeping = { key, origin, follower: keep.createFollower(), openedAtMs: performance.now() };
        }
        openAnother();
      });
      // Answered at once, it is another question already that may be withdrawn.
      connection.withdraw ??= withdraw;
    },
    note({ keeping }, addresses) {
      if (keeping !== undefined) keeping.addresses = addresses;
    },
    ...createKeptWrites(terms, deps, breakOff),
    secures: createKeptTls(deps, breakOff),
    holds(connection) {
      const { keeping, socket, release } = connection;
      if (keeping?.addresses === undefined || socket === undefined) return false;
      if (keeping.follower.isSpoilt?.()) terms?.lot.forget(keeping.key);
      if (keeping.follower.isInOrder?.() !== true || socket.destroyed || socket.readableLength > 0) return false;
      release?.();
      delete connection.keeping;
      return held.hold({ ...keeping, addresses: keeping.addresses, socket });
    },
    release(isInOrder) {
      offered.release(isInOrder);
      held.release(isInOrder);
    },
  };
}
