/** The connections of one run: opened by the supervisor, read and written here, TLS spoken here. */
import type { Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { GuestEvent, TlsOptions } from '../../bridge/operations.ts';
import { asBytes, asInteger, asText, forGuest } from './arguments.ts';
import { LIMITS, QuotaExceeded } from './limits.ts';
import type { SupervisorLink } from './supervisor-link.ts';
import { secureInfoOf, toTlsOptions } from './tls-options.ts';
import type { TransportLog } from './transport-log.ts';
import { toWireError } from './wire-error.ts';

type Connection = {
  socket?: Socket | TLSSocket;
  withdraw?: () => void;
  pausedByGuest: boolean;
};

export type SocketsDeps = {
  readonly runId: string;
  readonly link: SupervisorLink;
  readonly transport: TransportLog;
  /** Queues an event; `bytes` is what it weighs. */
  readonly emit: (event: GuestEvent, bytes?: number) => void;
  /** Ends the run. */
  readonly onQuota: (error: QuotaExceeded) => void;
};

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

export function createSockets({ runId, link, transport, emit, onQuota }: SocketsDeps): Sockets {
  const connections = new Map<number, Connection>();
  let bytesIn = 0;
  let bytesOut = 0;
  let held = false;

  const fail = (id: number, error: unknown): void => {
    const wire = toWireError(error);
    transport.failed(wire);
    emit([id, 'error', wire]);
  };
  const onData = (id: number, bytes: Buffer): void => {
    bytesIn += bytes.length;
    if (bytesIn > LIMITS.bytesIn) onQuota(new QuotaExceeded(`The script read more than ${LIMITS.bytesIn} bytes`));
    else emit([id, 'data', forGuest(bytes)], bytes.length);
  };
  const listenTo = (id: number, socket: Socket | TLSSocket): void => {
    socket.on('data', (bytes: Buffer) => onData(id, bytes));
    socket.on('end', () => emit([id, 'end']));
    socket.on('error', (error) => fail(id, error));
    socket.on('close', (hadError) => {
      connections.delete(id);
      emit([id, 'close', hadError]);
    });
    if (held) socket.pause();
  };
  const add = (id: number): Connection => {
    if (connections.has(id)) throw new TypeError('The id is taken');
    if (connections.size >= LIMITS.sockets) {
      throw new QuotaExceeded(`The script has more than ${LIMITS.sockets} connections open at once`);
    }
    const connection: Connection = { pausedByGuest: false };
    connections.set(id, connection);
    return connection;
  };
  const socketOf = (id: unknown): Socket | TLSSocket | undefined => connections.get(id as number)?.socket;

  return {
    get size() {
      return connections.size;
    },
    open(rawId, host, port, family) {
      const id = asInteger(rawId, 'id');
      const connection = add(id);
      const question = {
        runId,
        host: asText(host, 'host', 512),
        port: asInteger(port, 'port'),
        family: family === 4 || family === 6 ? family : 0,
      } as const;
      connection.withdraw = link.connect(question, (answer) => {
        if ('error' in answer) {
          connections.delete(id);
          fail(id, answer.error);
          emit([id, 'close', true]);
          return;
        }
        const { socket, addresses } = answer.value;
        connection.socket = socket;
        transport.succeeded();
        socket.setNoDelay(true);
        emit([id, 'connect', addresses]);
        listenTo(id, socket);
      });
    },
    startTls(rawId, rawParentId, options) {
      const id = asInteger(rawId, 'id');
      const parentId = asInteger(rawParentId, 'parent id');
      const carrier = socketOf(parentId);
      if (carrier === undefined) {
        emit([id, 'error', { message: 'The socket was closed before TLS could start', code: 'ECONNRESET' }]);
        emit([id, 'close', true]);
        return;
      }
      connections.delete(parentId);
      const connection = add(id);
      carrier.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
      carrier.removeAllListeners('error').on('error', () => undefined);
      const socket = connectTls(toTlsOptions(carrier, options as TlsOptions));
      connection.socket = socket;
      socket.on('secureConnect', () => {
        transport.succeeded();
        emit([id, 'secure', secureInfoOf(socket)]);
      });
      socket.on('session', (session) => emit([id, 'session', forGuest(session)]));
      listenTo(id, socket);
    },
    write(id, bytes, wantAck) {
      const socket = socketOf(id);
      const data = asBytes(bytes, 'bytes');
      bytesOut += data.length;
      if (bytesOut > LIMITS.bytesOut) throw new QuotaExceeded(`The script wrote more than ${LIMITS.bytesOut} bytes`);
      socket?.write(data, wantAck === true ? () => emit([id as number, 'ack']) : undefined);
    },
    end: (id) => void socketOf(id)?.end(),
    destroy(id) {
      const connection = connections.get(id as number);
      if (connection === undefined) return;
      connections.delete(id as number);
      connection.withdraw?.();
      connection.socket?.on('error', () => undefined).destroy();
    },
    pause(id) {
      const connection = connections.get(id as number);
      if (connection === undefined) return;
      connection.pausedByGuest = true;
      connection.socket?.pause();
    },
    resume(id) {
      const connection = connections.get(id as number);
      if (connection === undefined) return;
      connection.pausedByGuest = false;
      if (!held) connection.socket?.resume();
    },
    setOption(id, name, value, delayMs) {
      const socket = socketOf(id);
      if (name === 'noDelay') socket?.setNoDelay(value === true);
      else if (name === 'keepAlive') socket?.setKeepAlive(value === true, Number(delayMs) || 0);
    },
    holdReading(hold) {
      held = hold;
      for (const { socket, pausedByGuest } of connections.values()) {
        if (hold) socket?.pause();
        else if (!pausedByGuest) socket?.resume();
      }
    },
    closeAll() {
      for (const { socket, withdraw } of connections.values()) {
        withdraw?.();
        socket?.on('error', () => undefined).destroy();
      }
      connections.clear();
    },
  };
}
