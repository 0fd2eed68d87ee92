/** What the guest does with its connections: opened by the supervisor, read and written here, TLS spoken here. */
import { connect as connectTls } from 'node:tls';
import type { TlsOptions } from '../../bridge/operations.ts';
import { asBytes, asInteger, asPort, asText, forGuest } from './arguments.ts';
import { type ConnectionsDeps, createConnections } from './connections.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import { secureInfoOf, toTlsOptions } from './tls-options.ts';

export type SocketsDeps = ConnectionsDeps & { readonly runId: string; readonly link: SupervisorLink };

export type Sockets = {
  readonly size: number;
  open(id: unknown, host: unknown, port: unknown, family: unknown): void;
  startTls(id: unknown, parentId: unknown, options: unknown): void;
  write(id: unknown, bytes: unknown, wantAck: unknown): void;
  end(id: unknown): void;
  destroy(id: unknown): void;
  pause(id: unknown): void;
  resume(id: unknown): void;
  setOption(id: unknown, name: unknown, value: unknown, delayMs: unknown): void;
  /** Holds all reading back while the guest has much to take, and lets it go on. */
  holdReading(hold: boolean): void;
  closeAll(): void;
};

const CLOSED = { message: 'The socket was closed before TLS could start', code: 'ECONNRESET' };

export function createSockets({ runId, link, ...deps }: SocketsDeps): Sockets {
  const { transport, events } = deps;
  const connections = createConnections(deps);
  let bytesOut = 0;

  const setPaused = (id: unknown, paused: boolean): void => {
    const connection = connections.get(id);
    if (connection === undefined) return;
    connection.pausedByGuest = paused;
    if (paused) connection.socket?.pause();
    else connections.read(connection);
  };

  return {
    get size() {
      return connections.size;
    },
    holdReading: connections.holdReading,
    closeAll: connections.closeAll,
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
        socket.removeAllListeners('error').setNoDelay(true);
        events.emit([id, 'connect', addresses]);
        connections.use(id, connection, socket);
      });
    },
    startTls(rawId, rawParentId, options) {
      const id = asInteger(rawId, 'id');
      const parentId = asInteger(rawParentId, 'parent id');
      const carrier = connections.get(parentId)?.socket;
      if (carrier === undefined) {
        events.emit([id, 'error', CLOSED]);
        events.emit([id, 'close', true]);
        return;
      }
      connections.forget(parentId);
      for (const event of ['data', 'end', 'close', 'error']) carrier.removeAllListeners(event);
      carrier.on('error', () => undefined);
      const connection = connections.add(id);
      const socket = connectTls(toTlsOptions(carrier, options as TlsOptions));
      socket.on('secureConnect', () => {
        transport.succeeded();
        events.emit([id, 'secure', secureInfoOf(socket)]);
      });
      socket.on('session', (session) => events.emit([id, 'session', forGuest(session)]));
      connections.use(id, connection, socket);
    },
    write(id, bytes, wantAck) {
      const data = asBytes(bytes, 'bytes');
      bytesOut += data.length;
      if (bytesOut > LIMITS.bytesOut) throw new QuotaExceeded(`The script wrote more than ${LIMITS.bytesOut} bytes`);
      const onWritten = wantAck === true ? () => events.emit([id as number, 'ack']) : undefined;
      connections.get(id)?.socket?.write(data, onWritten);
    },
    end: (id) => void connections.get(id)?.socket?.end(),
    destroy(id) {
      const connection = connections.get(id);
      if (connection === undefined) return;
      connections.forget(id as number);
      connection.withdraw?.();
      connection.socket?.on('error', () => undefined).destroy();
    },
    pause: (id) => setPaused(id, true),
    resume: (id) => setPaused(id, false),
    setOption(id, name, value, delayMs) {
      const socket = connections.get(id)?.socket;
      if (name === 'noDelay') socket?.setNoDelay(value === true);
      else if (name === 'keepAlive') socket?.setKeepAlive(value === true, Number(delayMs) || 0);
    },
  };
}
