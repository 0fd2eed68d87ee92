/** What the guest does with its connections: opened by the supervisor, read and written here. */
import { asBytes, asInteger, asPort, asText } from './arguments.ts';
import { type ConnectionsDeps, createConnections } from './connections.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import { createOrderedEvents } from './ordered-events.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import { createTlsSockets, type TlsSockets } from './tls-sockets.ts';

export type SocketsDeps = ConnectionsDeps & { readonly runId: string; readonly link: SupervisorLink };

export type Sockets = TlsSockets & {
  readonly size: number;
  open(id: unknown, host: unknown, port: unknown, family: unknown): void;
  write(id: unknown, bytes: unknown, wantAck: unknown): void;
  end(id: unknown): void;
  destroy(id: unknown): void;
  pause(id: unknown): void;
  resume(id: unknown): void;
  setOption(id: unknown, name: unknown, value: unknown, amount: unknown): void;
  /** Holds all reading back while the guest has much to take, and lets it go on. */
  holdReading(hold: boolean): void;
  closeAll(): void;
};

export function createSockets({ runId, link, ...rest }: SocketsDeps): Sockets {
  const ordered = createOrderedEvents(rest.events);
  const { transport } = rest;
  const { events } = ordered;
  const deps = { ...rest, events };
  const connections = createConnections(deps);
  const bytesOut = { onConnections: 0, onStreams: 0 };

  const countOut = (length: number, where: keyof typeof bytesOut): void => {
    bytesOut[where] += length;
    if (bytesOut[where] > LIMITS.bytesOut) {
      throw new QuotaExceeded(`The script wrote more than ${LIMITS.bytesOut} bytes`);
    }
  };
  const setPaused = (id: unknown, paused: boolean): void => {
    const connection = connections.get(id);
    if (connection === undefined) return;
    connection.pausedByGuest = paused;
    if (paused) connection.socket?.pause();
    else connections.read(connection);
  };

  const tls = createTlsSockets(connections, deps, ordered);
  return {
    get size() {
      return connections.size;
    },
    holdReading: connections.holdReading,
    closeAll: connections.closeAll,
    ...tls,
    open(rawId, rawHost, rawPort, rawFamily) {
      const id = asInteger(rawId, 'id');
      const host = asText(rawHost, 'host', 512);
      const port = asPort(rawPort);
      const family = rawFamily === 4 || rawFamily === 6 ? rawFamily : 0;
      const connection = connections.add(id);
      connection.withdraw = link.connect({ runId, host, port, family }, (answer) => {
        if ('error' in answer) {
          connections.forget(id);
          connections.fail(id, answer.error);
          events.emit([id, 'close', true]);
          return;
        }
        const { socket, addresses } = answer.value;
        transport.succeeded();
        socket.setNoDelay(true);
        events.emit([id, 'connect', addresses]);
        connections.use(id, connection, socket);
      });
    },
    write(id, bytes, wantAck) {
      const data = asBytes(bytes, 'bytes');
      const connection = connections.get(id);
      countOut(data.length, connection?.virtual ? 'onStreams' : 'onConnections');
      const onWritten = wantAck === true ? () => events.emit([id as number, 'ack']) : undefined;
      connection?.socket?.write(data, onWritten);
    },
    end: (id) => void connections.get(id)?.socket?.end(),
    destroy(id) {
      const connection = connections.get(id);
      if (connection === undefined) return;
      connections.forget(id as number);
      ordered.forget(id as number);
      connection.withdraw?.();
      connection.socket?.on('error', () => undefined).destroy();
      connection.virtual?.stream.on('error', () => undefined).destroy();
    },
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
