/**
 * Servers for test files in the sandbox, where nothing can listen: this program listens for them. A file asks over one
 * connection, is told of every client that came, and takes each up over a connection of its own; bytes pass as they are.
 * TLS of such a server ends here: the file sees what was inside.
 */
import { type AddressInfo, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';

export type ServerRelay = { readonly port: number; stop(): Promise<void> };

export type RelayRequest =
  | { readonly kind: 'listen'; readonly where: ListenOptions; readonly tls?: Readonly<Record<string, unknown>> }
  | { readonly kind: 'accept'; readonly client: number }
  | { readonly kind: 'close' };

/** What a server's socket tells about its client; `tls` where TLS was spoken. */
export type ClientFacts = {
  readonly client: number;
  readonly addresses: Readonly<Record<string, string | number | undefined>>;
  readonly tls?: Readonly<Record<string, unknown>>;
};

type State = { readonly clients: Map<number, Socket>; nextClient: number };

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

const listen = (control: Socket, state: State, request: Extract<RelayRequest, { kind: 'listen' }>): Server => {
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
  server.listen(request.where, () => tell(control, { kind: 'listening', address: server.address() as AddressInfo }));
  control.once('close', () => {
    server.close();
    for (const socket of own) socket.destroy();
  });
  return server;
};

/** Answers one connection of a test file: its first line says what it is for. */
const serve = (connection: Socket, state: State): void => {
  let server: Server | undefined;
  let text = Buffer.alloc(0);
  const onRequest = (request: RelayRequest): boolean => {
    if (request.kind === 'listen') {
      // What Node refuses at once, such as a key of no use, becomes the server's error here.
      try {
        server = listen(connection, state, request);
      } catch (error) {
        tell(connection, { kind: 'error', error: errorFacts(error as Error) });
      }
    } else if (request.kind === 'close') server?.close();
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
  const state: State = { clients: new Map(), nextClient: 1 };
  const open = new Set<Socket>();
  const relay = createServer({ allowHalfOpen: true, noDelay: true }, (connection) => {
    open.add(connection);
    connection.once('close', () => open.delete(connection));
    serve(connection, state);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    port: (relay.address() as AddressInfo).port,
    async stop() {
      for (const connection of open) connection.destroy();
      await new Promise((resolve) => relay.close(resolve));
    },
  };
};
