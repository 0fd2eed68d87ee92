/** What the guest does with its connections: opened by the supervisor, read and written here. */
import { asBytes, asInteger, asPort, asText } from './arguments.ts';
import { type ConnectionsDeps, createConnections } from './connections.ts';
import { createJoining } from './joined-tls.ts';
import { createLeaving } from './leaving-sockets.ts';
import { createOrderedEvents } from './ordered-events.ts';
import { createReuseDesk, type ReuseDesk } from './reuse/reuse-desk.ts';
import type { ReuseTerms } from './reuse/reuse-terms.ts';
import { createFarewell, createLettingGo } from './socket-ends.ts';
import { createOpener } from './socket-opener.ts';
import { createQuotas } from './socket-quotas.ts';
import { createSaying } from './socket-writes.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import { createTlsSockets, type TlsSockets } from './tls-sockets.ts';
import type { RunWaits } from './wait-clock.ts';

export type SocketsDeps = ConnectionsDeps & {
  readonly waits: RunWaits;
  readonly runId: string;
  readonly link: SupervisorLink;
  /** On what terms connections outlive their run; none does without. */
  readonly reuse?: ReuseTerms | undefined;
};
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
