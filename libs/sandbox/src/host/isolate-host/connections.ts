/** The connections of one run by the guest's ids, and their events on the way to the guest. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { GuestEvent } from '../../bridge/operations.ts';
import { forGuest } from './arguments.ts';
import type { EventQueue } from './event-queue.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import type { Keeping } from './reuse/keeping.ts';
import type { TransportLog } from './transport-log.ts';
import type { VirtualTransport } from './virtual-transport.ts';
import { toWireError } from './wire-error.ts';

export type Connection = {
  socket?: Socket | TLSSocket;
  /** That it is there, which is told with what comes next. */
  untold?: GuestEvent;
  /** Takes the question for a connection back, while it is not answered. */
  withdraw?: () => void;
  pausedByGuest: boolean;
  /** The guest takes it for closed: how it ends is told to nobody, and says nothing of the run. */
  isLeft?: boolean;
  /** Something was written and nothing has come since: ends that wait. */
  heard?: () => void;
  /** Where TLS is spoken through a stream of the isolate. */
  virtual?: VirtualTransport;
  /** Where the connection may outlive its run. */
  keeping?: Keeping;
  /** Takes away the ears that `use` has given the socket. */
  release?: () => void;
  /** What the guest was given to read. */
  bytesGiven: number;
  /** Where TLS is spoken through a stream, and the stream ends here. */
  isJoined?: boolean;
};

export type ConnectionsDeps = {
  readonly transport: TransportLog;
  readonly events: EventQueue;
  /** Ends the run. */
  readonly onQuota: (error: QuotaExceeded) => void;
};

export type Connections = {
  size(): number;
  /** Throws `QuotaExceeded` when there are too many. */
  add(id: number): Connection;
  get(id: unknown): Connection | undefined;
  forget(id: number): void;
  /** Tells the guest now that a connection is there, where that is not told. */
  tellUntold(connection: Connection): void;
  /** Tells the guest that a connection failed. */
  fail(id: number, error: unknown): void;
  /** Takes a socket into use: its events go to the guest from now on. */
  use(id: number, connection: Connection, socket: Socket | TLSSocket): void;
  /** Goes on telling the guest how the socket ends, and nothing else of it. */
  useEndsOf(id: number, connection: Connection): void;
  /** Hands the guest bytes that did not come just now. */
  giveData(id: number, bytes: Buffer): void;
  holdReading(hold: boolean): void;
  /** Reads again, unless reading is held back. */
  read(connection: Connection): void;
  closeAll(): void;
};

const EARS = ['data', 'end', 'error', 'close'];
const EARS_FOR_ENDS = EARS.slice(1);

type Ear = (...args: never[]) => void;

/** Gives what takes the ears away again. */
function hear(socket: Socket, all: Readonly<Record<string, Ear>>, what: readonly string[]): () => void {
  const ears = Object.entries(all).filter(([event]) => what.includes(event));
  for (const [event, ear] of ears) socket.on(event, ear as () => void);
  return () => {
    for (const [event, ear] of ears) socket.off(event, ear as () => void);
  };
}

/** Closes what is there, whatever becomes of it. */
export function cut({ socket, virtual }: Connection): void {
  socket?.on('error', () => undefined).destroy();
  virtual?.stream.on('error', () => undefined).destroy();
}

/** Tells the guest of a connection, first that it is there where that was not worth a word of its own. */
const createTelling =
  (events: EventQueue) =>
  (connection: Connection | undefined, event?: GuestEvent, bytes?: number): void => {
    if (connection?.isLeft === true) return;
    if (connection?.untold !== undefined) events.emit(connection.untold);
    delete connection?.untold;
    if (event !== undefined) events.emit(event, bytes);
  };

export function createConnections({ transport, events, onQuota }: ConnectionsDeps): Connections {
  const connections = new Map<number, Connection>();
  let bytesIn = 0;
  let held = false;

  const tell = createTelling(events);
  const fail = (id: number, error: unknown): void => {
    const wire = toWireError(error);
    transport.failed(wire);
    tell(connections.get(id), [id, 'error', wire]);
  };
  const onData = (id: number, bytes: Buffer, isVirtual: boolean): void => {
    // What comes through a stream of the isolate was counted when it came into the isolate.
    if (!isVirtual) bytesIn += bytes.length;
    transport.answered();
    connections.get(id)?.heard?.();
    if (bytesIn > LIMITS.bytesIn) onQuota(new QuotaExceeded(`The script read more than ${LIMITS.bytesIn} bytes`));
    else tell(connections.get(id), [id, 'data', forGuest(bytes)], bytes.length);
  };
  /** Listens to a socket; gives what ends that. */
  const listen = (id: number, connection: Connection, socket: Socket | TLSSocket, what = EARS): (() => void) => {
    const all = {
      data: (bytes: Buffer) => {
        connection.keeping?.follower.onData(bytes);
        connection.bytesGiven += bytes.length;
        onData(id, bytes, connection.virtual !== undefined && connection.isJoined !== true);
      },
      end: () => tell(connection, [id, 'end']),
      error: (error: Error) => {
        if (connection.isLeft !== true) fail(id, error);
      },
      close: (hadError: boolean) => {
        connection.heard?.();
        // A carrier that TLS has taken over is not in use any more.
        if (connections.get(id) === connection) connections.delete(id);
        tell(connection, [id, 'close', hadError]);
      },
    };
    return hear(socket, all, what);
  };

  return {
    size: () => connections.size,
    add(id) {
      if (connections.has(id)) throw new TypeError('The id is taken');
      if (connections.size >= LIMITS.sockets) {
        throw new QuotaExceeded(`The script has more than ${LIMITS.sockets} connections open at once`);
      }
      const connection: Connection = { pausedByGuest: false, bytesGiven: 0 };
      connections.set(id, connection);
      return connection;
    },
    get: (id) => connections.get(id as number),
    forget: (id) => void connections.delete(id),
    tellUntold: tell,
    fail,
    giveData: (id, bytes) => onData(id, bytes, false),
    use(id, connection, socket) {
      connection.socket = socket;
      // The guest ends its side itself, once it has read what there is.
      if (!('encrypted' in socket)) socket.allowHalfOpen = true;
      connection.release = listen(id, connection, socket);
      if (held) socket.pause();
    },
    useEndsOf(id, connection) {
      connection.release?.();
      connection.pausedByGuest = false;
      if (connection.socket) connection.release = listen(id, connection, connection.socket, EARS_FOR_ENDS);
    },
    holdReading(hold) {
      held = hold;
      for (const { socket, pausedByGuest } of connections.values()) {
        if (hold) socket?.pause();
        else if (!pausedByGuest) socket?.resume();
      }
    },
    read(connection) {
      if (!held) connection.socket?.resume();
    },
    closeAll() {
      for (const connection of connections.values()) {
        connection.withdraw?.();
        cut(connection);
      }
      connections.clear();
    },
  };
}
