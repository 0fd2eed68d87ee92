/** Where a run's connections come out of the parking lot and go back to it. */
import { driverIn } from '../../../bridge/farewells.ts';
import {
  OFFER_ID,
  type OfferedSession,
  type SecureInfo,
  type SocketAddresses,
  type TlsOptions,
} from '../../../bridge/operations.ts';
import type { Connection, Connections } from '../connections.ts';
import type { EventQueue } from '../event-queue.ts';
import { REUSE } from '../limits.ts';
import type { TransportLog } from '../transport-log.ts';
import type { Follower } from './follower.ts';
import { createHeldConnections } from './held-connections.ts';
import { createHttpFollower } from './http-follower.ts';
import { createMongodbFollower } from './mongodb-follower.ts';
import { createMysqlFollower } from './mysql-follower.ts';
import { createOfferedSession, mayServe, openingOf } from './offered-session.ts';
import type { ParkingLot } from './parking-lot.ts';
import type { Parked } from './parking-place.ts';
import { createPgFollower } from './pg-follower.ts';
import { credentialsIn, keyOf, type Origin, originOf, type Target } from './session-key.ts';
import { createTdsFollower } from './tds-follower.ts';
import { createTypedTexts, type TypedTexts } from './typed-texts.ts';

/** A place where connections of this run may be open: the policy has judged it anew, for this very run. */
export type Destination = { readonly host: string; readonly port: number; readonly address: string };

export type ReuseTerms = {
  readonly lot: ParkingLot;
  /** What a connection must never be carried across. */
  readonly scope: string;
  /**
   * The run's arguments: a session that is let in by a text in them is not kept, nor does a kept one serve it.
   */
  readonly argsJson: string;
  readonly destinations: readonly Destination[];
};

/** What goes with a connection that may be kept. */
export type Keeping = {
  readonly key: string;
  readonly origin?: Origin;
  readonly follower: Follower;
  readonly openedAtMs: number;
  addresses?: SocketAddresses;
  validUntilMs?: number;
};

type Deps = {
  readonly connections: Connections;
  readonly events: EventQueue;
  readonly transport: TransportLog;
  readonly counts: { reused: number };
};

export type ReuseDesk = {
  /** Puts a session aside for the run's first connection that may be kept, and gives what the guest is told of it. */
  offer(): OfferedSession | undefined;
  /** Gives the connection the session that was put aside. */
  take(id: number, connection: Connection, target: Target): void;
  /** Gives the connection one of an earlier run; where there is none, `openAnother` is called. */
  open(id: number, connection: Connection, target: Target, openAnother: () => void): void;
  /** Where a new connection has led to. */
  note(connection: Connection, addresses: SocketAddresses): void;
  /** Whether a connection that its driver takes leave of, with these bytes, is kept. */
  keeps(id: number, connection: Connection, farewell: Buffer): boolean;
  /** Whether bytes of the guest are not to go out. */
  takes(id: number, connection: Connection, bytes: Buffer): boolean;
  /** Whether TLS is there already on what `parent` was. */
  secures(id: number, parent: Connection, options: TlsOptions): boolean;
  /** Whether a connection that the run lets go of is held for later ones, and not to be closed. */
  holds(connection: Connection): boolean;
  /** The run is over: what it has let go of is kept where it ended in order, and closed where it did not. */
  release(isInOrder: boolean): void;
};

const FOLLOWERS: ReadonlyMap<string, () => Follower> = new Map([
  ['pg', createPgFollower],
  ['mysql', createMysqlFollower],
  ['http', createHttpFollower],
  ['tds', createTdsFollower],
  ['mongodb', () => createMongodbFollower(false)],
  ['mongodb-login', () => createMongodbFollower(true)],
]);
const BROKEN = { message: 'read ECONNRESET', code: 'ECONNRESET', syscall: 'read' };

/** The driver that a key of the guest names, and nothing of what else is in it: that may be a password. */
const driverOf = (key: unknown): string =>
  typeof key === 'string' && key.length <= REUSE.keyCharacters ? driverIn(key) : '';

/** Notes what a handshake came to: what is told of it to later runs, and until when. */
export function noteSecure({ keeping }: Connection, info: SecureInfo): void {
  if (keeping === undefined) return;
  keeping.follower.onSecure(info);
  const ends = info.peerCertificates.map(({ valid_to: end }) => Date.parse(String(end)));
  keeping.validUntilMs = Math.min(...ends.filter((end) => !Number.isNaN(end)));
}

/** By what a connection is followed that may be kept, and the marks of what it is let in by; undefined for any other. */
function keepable({ scope }: ReuseTerms, typed: TypedTexts, { key }: Target) {
  const driver = driverOf(key);
  const createFollower = FOLLOWERS.get(driver);
  const credentials = createFollower && credentialsIn(scope, driver, String(key));
  if (createFollower === undefined || credentials === undefined || typed.holdAny(credentials)) return undefined;
  return { createFollower, credentials };
}

type GiveUp = (id: number, connection: Connection) => void;

/** Answers a driver that begins TLS where it is there already. */
const createSecuring =
  ({ connections, events, transport }: Deps, breakOff: GiveUp): ReuseDesk['secures'] =>
  (id, parent, options) => {
    const { keeping, socket, release } = parent;
    if (keeping === undefined || socket === undefined) return false;
    const isSame = keeping.follower.onTls(options);
    if (!('encrypted' in socket)) return false;
    const connection = connections.add(id);
    release?.();
    connection.keeping = keeping;
    connections.use(id, connection, socket);
    const known = isSame ? keeping.follower.replaySecure() : undefined;
    if (known === undefined) {
      breakOff(id, connection);
      return true;
    }
    transport.succeeded();
    events.emit([id, 'secure', known.info]);
    if (known.bytes.length > 0) connections.giveData(id, known.bytes);
    return true;
  };

/** What the guest writes on a connection that may be kept, up to its driver's last word. */
function createWriting(
  terms: ReuseTerms | undefined,
  { connections, events }: Deps,
  breakOff: GiveUp,
): Pick<ReuseDesk, 'keeps' | 'takes'> {
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

export function createReuseDesk(terms: ReuseTerms | undefined, deps: Deps): ReuseDesk {
  const { connections, events, transport, counts } = deps;
  const held = createHeldConnections(terms?.lot);
  const typed = createTypedTexts(terms?.argsJson, terms?.scope ?? '');
  const offered = createOfferedSession(terms, typed, () => events.emit([OFFER_ID, 'gone']));

  const giveUp: GiveUp = (id, connection) => {
    connections.forget(id);
    connection.release?.();
    connection.socket?.on('error', () => undefined).destroy();
    connections.fail(id, BROKEN);
    events.emit([id, 'close', true]);
  };
  /** A driver that says something else than it did when the session was opened would do so with the next one, too. */
  const breakOff: GiveUp = (id, connection) => {
    if (connection.keeping !== undefined) terms?.lot.refuse(connection.keeping.key);
    giveUp(id, connection);
  };
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
    ...createWriting(terms, deps, breakOff),
    secures: createSecuring(deps, breakOff),
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
