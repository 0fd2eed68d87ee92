/** What the guest does with its connections: opened by the supervisor, read and written here. */
import { asBytes, asInteger, asPort, asText } from './arguments.ts';
import { type Connection, type Connections, type ConnectionsDeps, createConnections, cut } from './connections.ts';
import { createJoining, type Joining } from './joined-tls.ts';
import { createLeaving, type LeavingSockets } from './leaving-sockets.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import { createOrderedEvents, type OrderedEvents } from './ordered-events.ts';
import { createReuseDesk, type ReuseDesk, type ReuseTerms } from './reuse/reuse-desk.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import { createTlsSockets, type TlsSockets } from './tls-sockets.ts';
import type { RunWaits, WaitClock } from './wait-clock.ts';

export type SocketsDeps = ConnectionsDeps & {
  readonly waits: RunWaits;
  readonly runId: string;
  readonly link: SupervisorLink;
  /** On what terms connections outlive their run; none does without. */
  readonly reuse?: ReuseTerms | undefined;
};
type Question = Parameters<SupervisorLink['connect']>[0];

export type Sockets = TlsSockets & {
  size(): number;
  /** Connections to servers so far: those that were opened, and those of earlier runs. */
  readonly counts: { readonly opened: number; readonly reused: number };
  /**
   * `key` names a driver, and everything that one of its sessions depends on, where it may be kept for later runs. `words`, what
   * the driver says first, are said for it on a new one.
   */
  open(id: unknown, host: unknown, port: unknown, family: unknown, key?: unknown, words?: unknown): void;
  write(id: unknown, bytes: unknown, wantAck: unknown): void;
  /** Puts a session of an earlier run aside for this one, and gives what the guest is told of it. */
  offer: ReuseDesk['offer'];
  /** Opens the one that was put aside. */
  take(id: unknown, host: unknown, port: unknown, family: unknown, key: unknown): void;
  /** Writes a driver's last word; nothing more is told of the connection. */
  farewell(id: unknown, bytes: unknown): void;
  /** Calls when servers have let go of all whose driver has said its last word; at once where there are none. */
  whenLeft(act: () => void): void;
  end(id: unknown): void;
  destroy(id: unknown): void;
  pause(id: unknown): void;
  resume(id: unknown): void;
  setOption(id: unknown, name: unknown, value: unknown, amount: unknown): void;
  /** TLS that is spoken through a stream of the isolate goes over this connection from now on, past the isolate. */
  join(id: unknown, carrierId: unknown, bytesRead: unknown): void;
  /** Holds all reading back while the guest has much to take, and lets it go on. */
  holdReading(hold: boolean): void;
  /** `isInOrder`: what may be kept for later runs is kept. */
  closeAll(isInOrder?: boolean): void;
};

type OpenerDeps = Pick<SocketsDeps, 'link' | 'transport' | 'events' | 'waits'> & {
  readonly connections: Connections;
  readonly counts: { opened: number };
  readonly desk: ReuseDesk;
  readonly say: (id: number, connection: Connection, bytes: Buffer) => void;
};

const createOpener =
  ({ link, connections, events, transport, waits, counts, desk, say }: OpenerDeps) =>
  (id: number, connection: Connection, question: Question, words: Buffer | undefined): void => {
    const over = waits.connect.begin();
    const withdraw = link.connect(question, (answer) => {
      over();
      if ('error' in answer) {
        connections.forget(id);
        connections.fail(id, answer.error);
        events.emit([id, 'close', true]);
        return;
      }
      const { socket, addresses } = answer.value;
      counts.opened += 1;
      transport.succeeded();
      desk.note(connection, addresses);
      socket.setNoDelay(true);
      if (words === undefined) events.emit([id, 'connect', addresses]);
      else {
        connection.untold = [id, 'connect', { ...addresses, hasSpoken: true }];
        // A script may wait for that to speak first itself, and its server for what it says.
        setTimeout(() => connections.tellUntold(connection), LIMITS.untoldMs).unref();
      }
      connections.use(id, connection, socket);
      if (words !== undefined && words.length > 0) say(id, connection, words);
    });
    const withdrawAll = (): void => {
      over();
      withdraw();
    };
    connection.withdraw = withdrawAll;
  };

function createQuotas() {
  const bytesOut = { onConnections: 0, onStreams: 0 };
  let asked = 0;
  return {
    countOut(length: number, where: keyof typeof bytesOut): void {
      bytesOut[where] += length;
      if (bytesOut[where] > LIMITS.bytesOut) {
        throw new QuotaExceeded(`The script wrote more than ${LIMITS.bytesOut} bytes`);
      }
    },
    countOpen(): void {
      asked += 1;
      if (asked > LIMITS.socketsOpened)
        throw new QuotaExceeded(`The script opened more than ${LIMITS.socketsOpened} connections`);
    },
  };
}

type LettingGoDeps = {
  readonly connections: Connections;
  readonly ordered: OrderedEvents;
  readonly joining: Joining;
  readonly desk: ReuseDesk;
};

/** What becomes of a connection that the guest is done with; what TLS says over it is what may be kept. */
const createLettingGo =
  ({ connections, ordered, joining, desk }: LettingGoDeps) =>
  (id: number): void => {
    const connection = connections.get(id);
    if (connection === undefined) return;
    const secured = joining.joinedTo(connection);
    for (const known of secured === undefined ? [id] : [id, secured.id]) {
      connections.forget(known);
      ordered.forget(known);
    }
    connection.withdraw?.();
    connection.heard?.();
    secured?.connection.heard?.();
    if (desk.holds(secured?.connection ?? connection)) {
      connection.release?.();
      return;
    }
    cut(connection);
  };

/** What is written to a stream of the isolate goes on to a connection as another write, unless the two are joined. */
function awaitAnswer(connection: Connection, queries: WaitClock): void {
  const isWrittenOn = connection.virtual !== undefined && connection.isJoined !== true;
  if (connection.heard !== undefined || isWrittenOn) return;
  const over = queries.begin();
  const heard = (): void => {
    over();
    delete connection.heard;
  };
  connection.heard = heard;
}

const createSaying =
  (desk: ReuseDesk, { query }: RunWaits) =>
  (id: number, connection: Connection, bytes: Buffer, onWritten?: () => void): void => {
    if (desk.takes(id, connection, bytes)) return void onWritten?.();
    awaitAnswer(connection, query);
    connection.socket?.write(bytes, onWritten);
  };

type FarewellDeps = {
  readonly connections: Connections;
  readonly desk: ReuseDesk;
  readonly leaving: LeavingSockets;
  readonly countOut: ReturnType<typeof createQuotas>['countOut'];
};

const createFarewell =
  ({ connections, desk, leaving, countOut }: FarewellDeps): Sockets['farewell'] =>
  (id, bytes) => {
    const data = asBytes(bytes, 'bytes');
    const connection = connections.get(id);
    countOut(data.length, 'onConnections');
    if (connection === undefined || desk.keeps(id as number, connection, data)) return;
    connection.isLeft = true;
    connection.pausedByGuest = false;
    if (connection.socket === undefined) return;
    connections.read(connection);
    leaving.add(connection.socket.end(data));
  };

const targetOf = ([host, port, family, key]: readonly unknown[]) =>
  ({
    host: asText(host, 'host', 512),
    port: asPort(port),
    family: family === 4 || family === 6 ? family : 0,
    key,
  }) as const;

export function createSockets({ runId, link, reuse, ...rest }: SocketsDeps): Sockets {
  const ordered = createOrderedEvents(rest.events);
  const { transport, waits } = rest;
  const { events } = ordered;
  const deps = { ...rest, events };
  const connections = createConnections(deps);
  const { countOut, countOpen } = createQuotas();
  const setPaused = (id: unknown, paused: boolean): void => {
    const connection = connections.get(id);
    if (connection === undefined) return;
    connection.pausedByGuest = paused;
    if (paused) connection.socket?.pause();
    else connections.read(connection);
  };

  const leaving = createLeaving();
  const counts = { opened: 0, reused: 0 };
  const desk = createReuseDesk(reuse, { connections, events, transport, counts });
  const say = createSaying(desk, waits);
  const openNew = createOpener({ link, connections, events, transport, waits, counts, desk, say });

  const farewell = createFarewell({ connections, desk, leaving, countOut });
  const joining = createJoining(connections, events);
  const letGo = createLettingGo({ connections, ordered, joining, desk });
  const tls = createTlsSockets(connections, deps, ordered, desk);
  return {
    counts,
    size: () => connections.size(),
    holdReading: connections.holdReading,
    closeAll(isInOrder = false) {
      connections.closeAll();
      desk.release(isInOrder);
    },
    ...tls,
    join: (id, carrierId, bytesRead) =>
      joining.join(asInteger(id, 'id'), asInteger(carrierId, 'carrier id'), asInteger(bytesRead, 'bytes read')),
    offer: desk.offer,
    open(rawId, host, port, family, key, rawWords) {
      countOpen();
      const id = asInteger(rawId, 'id');
      const words = rawWords === undefined ? undefined : asBytes(rawWords, 'words');
      countOut(words?.length ?? 0, 'onConnections');
      const target = targetOf([host, port, family, key]);
      const connection = connections.add(id);
      const openAnother = (): void =>
        openNew(id, connection, { runId, host: target.host, port: target.port, family: target.family }, words);
      leaving.whenGone(() => {
        if (connections.get(id) === connection) desk.open(id, connection, target, openAnother);
      });
    },
    take(rawId, ...place) {
      countOpen();
      const id = asInteger(rawId, 'id');
      desk.take(id, connections.add(id), targetOf(place));
    },
    write(id, bytes, wantAck) {
      const data = asBytes(bytes, 'bytes');
      const connection = connections.get(id);
      countOut(data.length, connection?.virtual ? 'onStreams' : 'onConnections');
      const onWritten = wantAck === true ? () => events.emit([id as number, 'ack']) : undefined;
      if (connection !== undefined) say(id as number, connection, data, onWritten);
    },
    farewell,
    whenLeft: leaving.whenGone,
    end: (id) => void connections.get(id)?.socket?.end(),
    destroy: (id) => letGo(id as number),
    pause: (id) => setPaused(id, true),
    resume: (id) => setPaused(id, false),
    setOption(id, name, value, amount) {
      const socket = connections.get(id)?.socket;
      if (name === 'noDelay') socket?.setNoDelay(value === true);
      else if (name === 'keepAlive') socket?.setKeepAlive(value === true, Number(amount) || 0);
      else tls.setTlsOption(id, name, amount);
    },
  };
}
