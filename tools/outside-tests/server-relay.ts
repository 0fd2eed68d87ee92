/**
 * Servers for test files in the sandbox, where nothing can listen: this program listens for them. A file asks over one
 * connection, is told of every client that came, and takes each up over a connection of its own; bytes pass as they are.
 * TLS of such a server ends here: the file sees what was inside.
 */
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';

export type ServerRelay = {
  readonly port: number;
  /** Listens on free ports before anybody asks: a file may tell a server's port as soon as it has called `listen`. */
  reserve(count: number): Promise<readonly number[]>;
  /** Gives back those that nobody asked for. */
  release(ports: readonly number[]): void;
  stop(): Promise<void>;
};

export type RelayRequest =
  | { readonly kind: 'listen'; readonly where: ListenOptions; readonly tls?: Readonly<Record<string, unknown>> }
  /** Without a name the certificate for all. */
  | { readonly kind: 'context'; readonly name?: string; readonly context: Readonly<Record<string, unknown>> }
  | { readonly kind: 'accept'; readonly client: number }
  | { readonly kind: 'close' };

/** What a server's socket tells about its client; `tls` where TLS was spoken. */
export type ClientFacts = {
  readonly client: number;
  readonly addresses: Readonly<Record<string, string | number | undefined>>;
  readonly tls?: Readonly<Record<string, unknown>>;
};

/** A server that listens already; who connects before somebody asks for it waits. */
type Reserved = { readonly server: Server; readonly early: Socket[] };
type State = { readonly clients: Map<number, Socket>; readonly reserved: Map<number, Reserved>; nextClient: number };

/** Bytes in JSON: `{ $base64 }`. */
export const revive = (_key: string, value: unknown): unknown => {
  const base64 = (value as { $base64?: unknown } | null)?.$base64;
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : value;
};

const tell = (control: Socket, message: object): void => {
  if (!control.destroyed) control.write(`${JSON.stringify(message)}\n`);
};

const errorFacts = (error: Error): object => ({ ...error, message: error.message });

const tlsFacts = (socket: TLSSocket): ClientFacts['tls'] => ({
  authorized: socket.authorized,
  authorizationError: socket.authorizationError ?? null,
  alpnProtocol: socket.alpnProtocol,
  servername: (socket as TLSSocket & { servername?: unknown }).servername ?? false,
  protocol: socket.getProtocol(),
  cipher: socket.getCipher(),
  sessionReused: socket.isSessionReused(),
});

const addressesOf = ({ remoteAddress, remotePort, remoteFamily, localAddress, localPort }: Socket) => ({
  remoteAddress,
  remotePort,
  remoteFamily,
  localAddress,
  localPort,
});

/** Joins a client with the connection that its server took it up on. */
const join = (client: Socket, taken: Socket): void => {
  client.pipe(taken);
  taken.pipe(client);
  client.on('close', (hadError) => (hadError ? taken.resetAndDestroy() : taken.destroySoon()));
  taken.on('close', (hadError) => (hadError ? client.resetAndDestroy() : client.destroySoon()));
};

const serverOf = ({ tls }: Extract<RelayRequest, { kind: 'listen' }>): Server =>
  tls === undefined
    ? createServer({ allowHalfOpen: true, pauseOnConnect: true })
    : createTlsServer({ ...(tls as TlsOptions), allowHalfOpen: true, pauseOnConnect: false });

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
type Listening = { readonly server: Server; readonly listening: Server };

const listen = (control: Socket, state: State, request: Extract<RelayRequest, { kind: 'listen' }>): Listening => {
  const server = serverOf(request);
  const own = new Set<Socket>();
  const onClient = (socket: Socket): void => {
    const client = state.nextClient++;
    state.clients.set(client, socket);
    own.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => own.delete(socket));
    const tls = request.tls === undefined ? undefined : tlsFacts(socket as TLSSocket);
    const facts: ClientFacts = { client, addresses: addressesOf(socket), ...(tls && { tls }) };
    tell(control, { kind: 'client', ...facts });
  };
  server.on(request.tls === undefined ? 'connection' : 'secureConnection', onClient);
  server.on('tlsClientError', (error: Error) => tell(control, { kind: 'tlsClientError', error: errorFacts(error) }));
  server.on('error', (error) => tell(control, { kind: 'error', error: errorFacts(error) }));
  const listening = adopt(server, request.where.port, state) ?? server.listen(request.where);
  const onListening = (): void => tell(control, { kind: 'listening', address: listening.address() as AddressInfo });
  if (listening.listening) onListening();
  else listening.once('listening', onListening);
  control.once('close', () => {
    listening.close();
    for (const socket of own) socket.destroy();
  });
  return { server, listening };
};

const addContext = (
  server: TlsServer | undefined,
  { name, context }: Extract<RelayRequest, { kind: 'context' }>,
): void => {
  if (name === undefined) server?.setSecureContext(context);
  else server?.addContext(name, context);
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
        tell(connection, { kind: 'error', error: errorFacts(error as Error) });
      }
    } else if (request.kind === 'context') addContext(own?.server as TlsServer | undefined, request);
    else if (request.kind === 'close') own?.listening.close();
    else {
      const client = state.clients.get(request.client);
      state.clients.delete(request.client);
      if (client === undefined || client.destroyed) connection.destroy();
      else join(client, connection);
      return false;
    }
    return true;
  };
  const onData = (bytes: Buffer): void => {
    text = Buffer.concat([text, bytes]);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.subarray(0, end).toString();
      text = text.subarray(end + 1);
      const request = JSON.parse(line, revive) as RelayRequest;
      if (request.kind === 'accept') {
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
  const state: State = { clients: new Map(), reserved: new Map(), nextClient: 1 };
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
