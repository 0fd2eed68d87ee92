/**
 * Servers for test files in the sandbox, where nothing can listen: this program listens for them. A file asks over one
 * connection, is told of every client that came, and takes each up over a connection of its own; bytes pass as they are.
 * TLS of such a server ends here: the file sees what was inside.
 */
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { TLSSocket, Server as TlsServer } from 'node:tls';
import { lineOf, readLine } from './relay-text.ts';
import { askFor, callOn, createSecureServer, makeContext, tlsFactsOf } from './tls-relay.ts';

export type ServerRelay = {
  readonly port: number;
  /** Listens on free ports before anybody asks: a file may tell a server's port as soon as it has called `listen`. */
  reserve(count: number): Promise<readonly number[]>;
  /** Gives back those that nobody asked for. */
  release(ports: readonly number[]): void;
  stop(): Promise<void>;
};

export type RelayRequest =
  /** Without a place nothing listens: streams of the file are handed over by `wrap`. */
  | {
      readonly kind: 'listen';
      readonly key: string;
      readonly where?: ListenOptions;
      readonly tls?: Readonly<Record<string, unknown>>;
      readonly asks: readonly string[];
    }
  /** Without a name the certificate for all. */
  | { readonly kind: 'context'; readonly name?: string; readonly context: object }
  | { readonly kind: 'ticketKeys'; readonly keys: Buffer }
  /** The file listens for an event of the server. */
  | { readonly kind: 'want'; readonly event: string }
  | { readonly kind: 'answer'; readonly ask: number; readonly args: readonly unknown[] }
  | { readonly kind: 'call'; readonly client: number; readonly name: string; readonly args: readonly unknown[] }
  /** This connection is the server's end of a client's, from here on. */
  | { readonly kind: 'accept'; readonly client: number }
  /** This connection is a stream of the file that its server is to take for a client's. */
  | { readonly kind: 'wrap'; readonly key: string; readonly wrap: number }
  | { readonly kind: 'close' };

/** What a server's socket tells about its client; `tls` where TLS was spoken. */
export type ClientFacts = {
  readonly client: number;
  readonly addresses: Readonly<Record<string, string | number | undefined>>;
  readonly tls?: Readonly<Record<string, unknown>>;
  /** The stream of the file that it came through. */
  readonly wrap?: number;
};

/** A server that listens already; who connects before somebody asks for it waits. */
type Reserved = { readonly server: Server; readonly early: Socket[] };
type State = {
  readonly clients: Map<number, Socket>;
  /** Those of the clients that nobody has taken up. */
  readonly waiting: Set<number>;
  readonly reserved: Map<number, Reserved>;
  readonly servers: Map<string, Server>;
  readonly wraps: WeakMap<object, number>;
  nextClient: number;
};

const tell = (control: Socket, message: object): void => {
  if (!control.destroyed) control.write(lineOf(message));
};

const addressesOf = ({ remoteAddress, remotePort, remoteFamily, localAddress, localPort }: Socket) => ({
  remoteAddress,
  remotePort,
  remoteFamily,
  localAddress,
  localPort,
});

/** A reset is there for plain connections only. */
const cut = (socket: Socket): void => void ('encrypted' in socket ? socket.destroy() : socket.resetAndDestroy());

/** Joins a client with the connection that its server took it up on. */
const join = (client: Socket, taken: Socket): void => {
  client.pipe(taken);
  taken.pipe(client);
  client.on('close', (hadError) => (hadError ? cut(taken) : taken.destroySoon()));
  taken.on('close', (hadError) => (hadError ? cut(client) : client.destroySoon()));
};

const reserve = async (state: State): Promise<number> => {
  const early: Socket[] = [];
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => void early.push(socket));
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  state.reserved.set(port, { server, early });
  return port;
};

/** Lets a server take what a reserved one accepts: true when there was one at the port. */
const adopt = (server: Server, port: number | undefined, { reserved }: State): Server | undefined => {
  const found = reserved.get(port ?? 0);
  if (found === undefined) return undefined;
  reserved.delete(port as number);
  found.server.removeAllListeners('connection');
  for (const socket of found.early.splice(0)) server.emit('connection', socket);
  found.server.on('connection', (socket) => server.emit('connection', socket));
  return found.server;
};

/** `listening` is another one than `server` where that took over what listened already. */
type Listening = {
  readonly server: Server;
  readonly listening: Server;
  answer(ask: number, args: unknown[]): void;
  want(event: string): void;
  /** Takes no more clients; those that are on their way are told of before. */
  close(): void;
};

type Asked = { readonly ask: (...asked: [string, readonly unknown[], (...answer: never[]) => void]) => void } & Pick<
  Listening,
  'answer'
>;

/** Questions to the file, and its answers. */
const createAsking = (control: Socket): Asked => {
  const open: ((...answer: never[]) => void)[] = [];
  return {
    ask: (event, args, done) => tell(control, { kind: 'ask', ask: open.push(done) - 1, event, args }),
    answer: (ask, args) => open[ask]?.(...(args as never[])),
  };
};

/** Node keeps the stream that TLS is spoken over. */
const carrierOf = (socket: Socket): object => (socket as Socket & { _parent?: object })._parent ?? socket;

/** Tells that there will be no more clients, once all that came are secure or have failed. */
const createClosing = (control: Socket, server: Server): (() => void) => {
  const underWay = new Set<object>();
  let isClosing = false;
  const done = (carrier: object): void => {
    underWay.delete(carrier);
    if (isClosing && underWay.size === 0) tell(control, { kind: 'closed' });
  };
  server.on('connection', (socket: Socket) => {
    underWay.add(socket);
    socket.once('close', () => done(socket));
  });
  server.on('secureConnection', (socket: TLSSocket) => done(carrierOf(socket)));
  server.on('tlsClientError', (_error, socket: TLSSocket) => done(carrierOf(socket)));
  return () => {
    isClosing = true;
    done(server);
  };
};

const watchSecure = (control: Socket, server: TlsServer, state: State): void => {
  // A client that goes before it is secure is gone; afterwards, each side ends by itself.
  server.prependListener('connection', (socket: Socket) => void Object.assign(socket, { allowHalfOpen: false }));
  server.prependListener('secureConnection', (socket: Socket) => void Object.assign(socket, { allowHalfOpen: true }));
  server.on('connection', (socket: Socket) => tell(control, { kind: 'raw', addresses: addressesOf(socket) }));
  server.on('keylog', (line: Buffer) => tell(control, { kind: 'keylog', line }));
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    const client = state.nextClient++;
    state.clients.set(client, socket);
    const { servername } = socket as TLSSocket & { servername?: unknown };
    tell(control, { kind: 'tlsClientError', error, client, servername });
  });
};

const listen = (control: Socket, state: State, request: Extract<RelayRequest, { kind: 'listen' }>): Listening => {
  const { ask, answer } = createAsking(control);
  const { tls, where, key, asks } = request;
  const server = tls ? createSecureServer(tls, asks, ask) : createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const own = new Set<Socket>();
  const onClient = (socket: Socket): void => {
    const client = state.nextClient++;
    state.clients.set(client, socket);
    state.waiting.add(client);
    own.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => own.delete(socket));
    const wrap = state.wraps.get(carrierOf(socket));
    const facts: ClientFacts = { client, addresses: addressesOf(socket), ...(wrap === undefined ? {} : { wrap }) };
    tell(control, { kind: 'client', ...facts, ...(tls && { tls: tlsFactsOf(socket as TLSSocket) }) });
  };
  server.on(tls ? 'secureConnection' : 'connection', onClient);
  if (tls) watchSecure(control, server as TlsServer, state);
  server.on('error', (error) => tell(control, { kind: 'error', error }));
  state.servers.set(key, server);
  const tellClosed = tls ? createClosing(control, server) : () => tell(control, { kind: 'closed' });
  const listening = where === undefined ? server : (adopt(server, where.port, state) ?? server.listen(where));
  const onListening = (): void => tell(control, { kind: 'listening', address: listening.address() as AddressInfo });
  if (where === undefined) tell(control, { kind: 'made' });
  else if (listening.listening) onListening();
  else listening.once('listening', onListening);
  control.once('close', () => {
    state.servers.delete(key);
    listening.close();
    for (const socket of own) socket.destroy();
  });
  const close = (): void => {
    listening.close();
    tellClosed();
  };
  return { server, listening, answer, close, want: (event) => askFor(server as TlsServer, event, ask) };
};

const addContext = (
  server: TlsServer | undefined,
  { name, context }: Extract<RelayRequest, { kind: 'context' }>,
): void => {
  if (name === undefined) server?.setSecureContext(context);
  else server?.addContext(name, context);
};

/** Takes up a client; one that is gone has ended. */
const accept = (connection: Socket, client: number, { clients, waiting }: State): void => {
  const socket = waiting.delete(client) ? clients.get(client) : undefined;
  if (socket === undefined || socket.destroyed) connection.end();
  else join(socket, connection);
};

const wrap = (connection: Socket, request: Extract<RelayRequest, { kind: 'wrap' }>, state: State): void => {
  state.wraps.set(connection, request.wrap);
  const server = state.servers.get(request.key);
  if (server === undefined) connection.destroy();
  else server.emit('connection', connection);
};

/** Answers one connection of a test file: its first line says what it is for. */
const serve = (connection: Socket, state: State): void => {
  let own: Listening | undefined;
  let text = Buffer.alloc(0);
  const onRequest = (request: RelayRequest): boolean => {
    if (request.kind === 'listen') {
      // What Node refuses at once, such as a key of no use, becomes the server's error here.
      try {
        own = listen(connection, state, request);
      } catch (error) {
        tell(connection, { kind: 'error', error });
      }
    } else if (request.kind === 'context') addContext(own?.server as TlsServer | undefined, request);
    else if (request.kind === 'ticketKeys') (own?.server as TlsServer | undefined)?.setTicketKeys(request.keys);
    else if (request.kind === 'want') own?.want(request.event);
    else if (request.kind === 'answer') own?.answer(request.ask, [...request.args]);
    else if (request.kind === 'call') callOn(state.clients.get(request.client), request.name, request.args);
    else if (request.kind === 'close') own?.close();
    else {
      if (request.kind === 'accept') accept(connection, request.client, state);
      else wrap(connection, request, state);
      return false;
    }
    return true;
  };
  const onData = (bytes: Buffer): void => {
    text = Buffer.concat([text, bytes]);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.subarray(0, end).toString();
      text = text.subarray(end + 1);
      const request = readLine(line, makeContext) as RelayRequest;
      if (request.kind === 'accept' || request.kind === 'wrap') {
        connection.off('data', onData);
        connection.pause();
        if (text.length > 0) connection.unshift(text);
      }
      if (!onRequest(request)) return;
    }
  };
  connection.on('error', () => undefined);
  connection.on('data', onData);
};

/** Starts the relay on a free port of this machine. */
export const startServerRelay = async (): Promise<ServerRelay> => {
  const state: State = {
    clients: new Map(),
    waiting: new Set(),
    reserved: new Map(),
    servers: new Map(),
    wraps: new WeakMap(),
    nextClient: 1,
  };
  const open = new Set<Socket>();
  const relay = createServer({ allowHalfOpen: true, noDelay: true }, (connection) => {
    open.add(connection);
    connection.once('close', () => open.delete(connection));
    serve(connection, state);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    port: (relay.address() as AddressInfo).port,
    reserve: (count) => Promise.all(Array.from({ length: count }, () => reserve(state))),
    release(ports) {
      for (const port of ports) {
        state.reserved.get(port)?.server.close();
        state.reserved.delete(port);
      }
    },
    async stop() {
      for (const connection of open) connection.destroy();
      await new Promise((resolve) => relay.close(resolve));
    },
  };
};
