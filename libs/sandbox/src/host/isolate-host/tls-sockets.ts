/** TLS for the guest, spoken here: on a connection that it has, or through a stream that lives in the isolate. */
import type { Duplex } from 'node:stream';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { GuestEvent, TlsOptions, Unauthorized } from '../../bridge/operations.ts';
import { asBytes, asInteger, forGuest } from './arguments.ts';
import type { Connection, Connections, ConnectionsDeps } from './connections.ts';
import { nodeTls } from './node-tls.ts';
import type { OrderedEvents } from './ordered-events.ts';
import { noteSecure } from './reuse/keeping.ts';
import type { ReuseDesk } from './reuse/reuse-desk.ts';
import { createTlsContexts, toTlsOptions } from './tls-options.ts';
import { chainOf, secureInfoOf, sessionFactsOf } from './tls-secure-info.ts';
import { createVirtualTransport } from './virtual-transport.ts';
import type { RunWaits } from './wait-clock.ts';

/** What comes of feeding; after `isFull` the guest waits for `fed`. */
export type Fed = { readonly events: readonly GuestEvent[]; readonly isFull: boolean };

export type TlsSockets = {
  /** `parentId` is the connection that TLS takes over, or 0 for a stream of the isolate. */
  startTls(id: unknown, parentId: unknown, options: unknown): void;
  /** Questions of the guest about its connections, answered at once. */
  readonly questions: ReadonlyMap<string, (args: readonly unknown[]) => unknown>;
  /** The stream of the isolate has written what came for it. */
  taken(id: unknown): void;
  setTlsOption(id: unknown, name: unknown, amount: unknown): void;
};

/** Node's words for a connection that was cut before TLS could start. */
const CLOSED = {
  message: 'Client network socket disconnected before secure TLS connection was established',
  code: 'ECONNRESET',
};
const CARRIER_EVENTS = ['data', 'end', 'close', 'error'];

type TlsDeps = ConnectionsDeps & { readonly waits: Pick<RunWaits, 'connect'> };

/** Tells the guest what the handshake comes to. */
function watch(id: number, connection: Connection, socket: TLSSocket, { transport, events, waits }: TlsDeps): void {
  const over = waits.connect.begin();
  socket.once('close', over);
  socket.once('secureConnect', () => {
    over();
    const info = secureInfoOf(socket);
    transport.succeeded();
    noteSecure(connection, info);
    events.emit([id, 'secure', info]);
  });
  socket.on('error', (error: Error & { cert?: DetailedPeerCertificate }) => {
    if (!socket.authorizationError) return;
    const facts: Unauthorized = { reason: String(socket.authorizationError), peerCertificates: chainOf(error.cert) };
    events.emit([id, 'unauthorized', facts]);
  });
  socket.on('OCSPResponse', (response: Buffer | null) =>
    events.emit([id, 'OCSPResponse', response && forGuest(response)]),
  );
  socket.on('session', (session) => events.emit([id, 'session', sessionFactsOf(socket, session)]));
}

export function createTlsSockets(
  connections: Connections,
  deps: TlsDeps,
  ordered: OrderedEvents,
  desk: ReuseDesk,
): TlsSockets {
  const { events } = deps;
  const contexts = createTlsContexts();

  const failToStart = (id: number, error: unknown): void => {
    connections.fail(id, error);
    events.emit([id, 'close', true]);
  };
  const secure = (id: number, connection: Connection, carrier: Duplex, options: TlsOptions): void => {
    try {
      const socket = nodeTls().connect(toTlsOptions(carrier, options, contexts));
      watch(id, connection, socket, deps);
      connections.use(id, connection, socket);
    } catch (error) {
      connections.forget(id);
      carrier.destroy();
      failToStart(id, error);
    }
  };
  const secureStream = (id: number, options: TlsOptions): void => {
    const connection = connections.add(id);
    ordered.begin(id);
    connection.virtual = createVirtualTransport((bytes) =>
      events.emit([id, 'cipher', bytes && forGuest(bytes)], bytes?.length),
    );
    secure(id, connection, connection.virtual.stream, options);
  };
  const secureConnection = (id: number, parentId: number, options: TlsOptions): void => {
    const parent = connections.get(parentId);
    const carrier = parent?.socket;
    if (parent === undefined || carrier === undefined) {
      failToStart(id, CLOSED);
      return;
    }
    parent.heard?.();
    connections.forget(parentId);
    if (desk.secures(id, parent, options)) return;
    for (const event of CARRIER_EVENTS) carrier.removeAllListeners(event);
    carrier.on('error', () => undefined);
    const connection = connections.add(id);
    if (parent.keeping !== undefined) connection.keeping = parent.keeping;
    secure(id, connection, carrier, options);
  };

  /** Takes what the stream of the isolate brought, `null` at its end; gives what came of it at once. */
  const feed = (id: unknown, bytes: unknown): Fed => {
    const virtual = connections.get(id)?.virtual;
    if (virtual === undefined) return { events: [], isFull: false };
    let isFull = false;
    const data = bytes === null ? null : asBytes(bytes, 'bytes');
    const made = ordered.gather(id as number, () => {
      isFull = !virtual.feed(data, () => events.emit([id as number, 'fed']));
    });
    return { events: made, isFull };
  };

  return {
    startTls(rawId, rawParentId, options) {
      const id = asInteger(rawId, 'id');
      const parentId = asInteger(rawParentId, 'parent id');
      if (parentId === 0) secureStream(id, options as TlsOptions);
      else secureConnection(id, parentId, options as TlsOptions);
    },
    questions: new Map<string, (args: readonly unknown[]) => unknown>([
      ['feed', ([id, bytes]) => feed(id, bytes)],
      ['secureContext', ([given]) => void contexts.prepare((given ?? {}) as TlsOptions)],
    ]),
    setTlsOption(id, name, amount) {
      const socket = connections.get(id)?.socket;
      if (socket === undefined || !('encrypted' in socket)) return;
      if (name === 'maxSendFragment') socket.setMaxSendFragment(Number(amount) || 0);
      else if (name === 'keylog' && socket.listenerCount('keylog') === 0) {
        // The script's own secrets of its own connection, whose plain text it has anyway.
        socket.on('keylog', (line) => events.emit([id as number, 'keylog', forGuest(line)]));
      }
    },
    taken: (id) => connections.get(id)?.virtual?.taken(),
  };
}
