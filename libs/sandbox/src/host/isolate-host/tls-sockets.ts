/** TLS for the guest, spoken here: on a connection that it has, or through a stream that lives in the isolate. */
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TlsOptions } from '../../bridge/operations.ts';
import { asBytes, asInteger, forGuest } from './arguments.ts';
import type { Connection, Connections, ConnectionsDeps } from './connections.ts';
import { toTlsOptions } from './tls-options.ts';
import { secureInfoOf } from './tls-secure-info.ts';
import { createVirtualTransport } from './virtual-transport.ts';

export type TlsSockets = {
  /** `parentId` is the connection that TLS takes over, or 0 for a stream of the isolate. */
  startTls(id: unknown, parentId: unknown, options: unknown): void;
  /** What the stream of the isolate brought; `null` at its end. */
  feed(id: unknown, bytes: unknown, wantFed: unknown): void;
  /** The stream of the isolate has written what came for it. */
  taken(id: unknown): void;
};

const CLOSED = { message: 'The socket was closed before TLS could start', code: 'ECONNRESET' };
const CARRIER_EVENTS = ['data', 'end', 'close', 'error'];

export function createTlsSockets(connections: Connections, deps: ConnectionsDeps): TlsSockets {
  const { transport, events } = deps;

  const failToStart = (id: number, error: unknown): void => {
    connections.fail(id, error);
    events.emit([id, 'close', true]);
  };
  const watch = (id: number, socket: TLSSocket): void => {
    socket.on('secureConnect', () => {
      transport.succeeded();
      events.emit([id, 'secure', secureInfoOf(socket)]);
    });
    socket.on('session', (session) => events.emit([id, 'session', forGuest(session)]));
  };
  const secure = (id: number, connection: Connection, carrier: Duplex, options: TlsOptions): void => {
    try {
      const socket = connectTls(toTlsOptions(carrier, options));
      watch(id, socket);
      connections.use(id, connection, socket);
    } catch (error) {
      connections.forget(id);
      carrier.destroy();
      failToStart(id, error);
    }
  };
  const secureStream = (id: number, options: TlsOptions): void => {
    const connection = connections.add(id);
    connection.virtual = createVirtualTransport((bytes) =>
      events.emit([id, 'cipher', bytes && forGuest(bytes)], bytes?.length),
    );
    secure(id, connection, connection.virtual.stream, options);
  };
  const secureConnection = (id: number, parentId: number, options: TlsOptions): void => {
    const carrier = connections.get(parentId)?.socket;
    if (carrier === undefined) {
      failToStart(id, CLOSED);
      return;
    }
    connections.forget(parentId);
    for (const event of CARRIER_EVENTS) carrier.removeAllListeners(event);
    carrier.on('error', () => undefined);
    secure(id, connections.add(id), carrier, options);
  };

  return {
    startTls(rawId, rawParentId, options) {
      const id = asInteger(rawId, 'id');
      const parentId = asInteger(rawParentId, 'parent id');
      if (parentId === 0) secureStream(id, options as TlsOptions);
      else secureConnection(id, parentId, options as TlsOptions);
    },
    feed(id, bytes, wantFed) {
      const virtual = connections.get(id)?.virtual;
      if (virtual === undefined) return;
      const onRead = wantFed === true ? () => events.emit([id as number, 'fed']) : undefined;
      virtual.feed(bytes === null ? null : asBytes(bytes, 'bytes'), onRead);
    },
    taken: (id) => connections.get(id)?.virtual?.taken(),
  };
}
