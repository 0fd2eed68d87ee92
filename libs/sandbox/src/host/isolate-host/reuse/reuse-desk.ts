/** Where a run's connections come out of the parking lot and go back to it. */
import { createHash } from 'node:crypto';
import type { SocketAddresses, TlsOptions } from '../../../bridge/operations.ts';
import type { Connection, Connections } from '../connections.ts';
import type { EventQueue } from '../event-queue.ts';
import { REUSE } from '../limits.ts';
import type { TransportLog } from '../transport-log.ts';
import type { Follower } from './follower.ts';
import { createMysqlFollower } from './mysql-follower.ts';
import type { ParkingLot } from './parking-lot.ts';
import type { Parked } from './parking-place.ts';
import { createPgFollower } from './pg-follower.ts';

/** A place where connections of this run may be open: the policy has judged it anew, for this very run. */
export type Destination = { readonly host: string; readonly port: number; readonly address: string };

export type ReuseTerms = {
  readonly lot: ParkingLot;
  /** What a connection must never be carried across: the script's text and everything in its environment. */
  readonly scope: string;
  readonly destinations: readonly Destination[];
};

/** What goes with a connection that may be kept. */
export type Keeping = {
  readonly key: string;
  readonly follower: Follower;
  readonly openedAtMs: number;
  addresses?: SocketAddresses;
};

type Target = { readonly host: string; readonly port: number; readonly family: number; readonly key: unknown };
type Deps = {
  readonly connections: Connections;
  readonly events: EventQueue;
  readonly transport: TransportLog;
  readonly counts: { reused: number };
};

export type ReuseDesk = {
  /** Gives the connection one of an earlier run; where there is none, `openAnother` is called. */
  open(id: number, connection: Connection, target: Target, openAnother: () => void): void;
  /** Where a new connection has led to. */
  note(connection: Connection, addresses: SocketAddresses): void;
  /** Whether bytes of the guest are not to go out. */
  takes(id: number, connection: Connection, bytes: Buffer): boolean;
  /** Whether TLS is there already on what `parent` was. */
  secures(id: number, parent: Connection, options: TlsOptions): boolean;
};

const FOLLOWERS: ReadonlyMap<string, () => Follower> = new Map([
  ['pg', createPgFollower],
  ['mysql', createMysqlFollower],
]);
const BROKEN = { message: 'read ECONNRESET', code: 'ECONNRESET', syscall: 'read' };

/** The driver that a key of the guest names, and nothing of what else is in it: that may be a password. */
const driverOf = (key: unknown): string =>
  typeof key === 'string' && key.length <= REUSE.keyCharacters ? key.slice(0, Math.max(0, key.indexOf(' '))) : '';

const sealed = (scope: string, { host, port, family, key }: Target): string =>
  createHash('sha256')
    .update(JSON.stringify([scope, host, port, family, key]))
    .digest('base64');

const mayServe =
  ({ destinations }: ReuseTerms, target: Target) =>
  ({ addresses }: Parked): boolean =>
    destinations.some(
      ({ host, port, address }) => host === target.host && port === target.port && address === addresses.remoteAddress,
    );

export function createReuseDesk(terms: ReuseTerms | undefined, deps: Deps): ReuseDesk {
  const { connections, events, transport, counts } = deps;

  const giveUp = (id: number, connection: Connection): void => {
    connections.forget(id);
    connection.release?.();
    connection.socket?.on('error', () => undefined).destroy();
    connections.fail(id, BROKEN);
    events.emit([id, 'close', true]);
  };
  const adopt = (id: number, connection: Connection, parked: Parked): void => {
    const { socket, addresses, follower } = parked;
    counts.reused += 1;
    transport.succeeded();
    connection.keeping = parked;
    events.emit([id, 'connect', addresses]);
    const bytes = follower.replay();
    connections.use(id, connection, socket);
    connections.giveData(id, bytes);
    const next = follower.takeNext?.();
    if (next !== undefined) connections.giveData(id, next);
  };
  const park = (id: number, { keeping, socket, release }: Connection, { lot }: ReuseTerms): void => {
    connections.forget(id);
    release?.();
    if (keeping?.addresses !== undefined && socket !== undefined) {
      lot.park({ ...keeping, addresses: keeping.addresses, socket });
    }
    events.emit([id, 'end']);
    events.emit([id, 'close', false]);
  };

  return {
    open(id, connection, target, openAnother) {
      const createFollower = FOLLOWERS.get(driverOf(target.key));
      if (terms === undefined || createFollower === undefined) {
        openAnother();
        return;
      }
      const key = sealed(terms.scope, target);
      const withdraw = terms.lot.take(key, mayServe(terms, target), (parked) => {
        if (parked !== undefined) {
          adopt(id, connection, parked);
          return;
        }
        if (terms.lot.accepts(key)) {
          connection.keeping = { key, follower: createFollower(), openedAtMs: performance.now() };
        }
        openAnother();
      });
      // Answered at once, it is another question already that may be withdrawn.
      connection.withdraw ??= withdraw;
    },
    note({ keeping }, addresses) {
      if (keeping !== undefined) keeping.addresses = addresses;
    },
    takes(id, connection, bytes) {
      const follower = connection.keeping?.follower;
      const written = follower?.onWrite(bytes) ?? 'send';
      const answer = written === 'swallow' ? follower?.takeAnswer?.() : undefined;
      if (answer !== undefined) connections.giveData(id, answer);
      if (written === 'farewell' && terms !== undefined) park(id, connection, terms);
      else if (written === 'broken') giveUp(id, connection);
      return written !== 'send';
    },
    secures(id, parent, options) {
      const { keeping, socket, release } = parent;
      if (keeping === undefined || socket === undefined) return false;
      const isSame = keeping.follower.onTls(options);
      if (!('encrypted' in socket)) return false;
      const connection = connections.add(id);
      release?.();
      connection.keeping = keeping;
      connections.use(id, connection, socket);
      const known = isSame ? keeping.follower.replaySecure() : undefined;
      if (known === undefined) giveUp(id, connection);
      else {
        transport.succeeded();
        events.emit([id, 'secure', known.info]);
        if (known.bytes.length > 0) connections.giveData(id, known.bytes);
      }
      return true;
    },
  };
}
