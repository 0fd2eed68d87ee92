/**
 * Gives `net` and `tls` of the isolate servers, which scripts do not have: the harness listens for them (see
 * `server-relay.ts`). Their sockets are the isolate's own, so that a test of a client has somebody to talk to.
 */
import { EventEmitter } from 'node:events';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import type { ClientFacts, RelayRequest } from '../server-relay.ts';
import { ledger } from './ledger.ts';

type Options = Record<string, unknown>;
export type ServerOptions = Readonly<Options>;
type Message =
  | { readonly kind: 'listening'; readonly address: object }
  | ({ readonly kind: 'client' } & ClientFacts)
  | { readonly kind: 'error' | 'tlsClientError'; readonly error: { readonly message: string } };

const lineOf = (request: RelayRequest): string =>
  `${JSON.stringify(request, (_key, value: unknown) => {
    const bytes = (value as { type?: unknown; data?: unknown } | null) ?? {};
    return bytes.type === 'Buffer' ? { $base64: Buffer.from(bytes.data as number[]).toString('base64') } : value;
  })}\n`;

const toError = ({ message, ...fields }: { readonly message: string }): Error =>
  Object.assign(new Error(message), fields);

const placeOf = (args: readonly unknown[]): Options => {
  const [first, second] = args;
  if (typeof first === 'object' && first !== null) return first as Options;
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first };
  const port = typeof first === 'function' ? undefined : first;
  return { port: port ?? 0, ...(typeof second === 'string' ? { host: second } : {}) };
};

const addressAt = (host: unknown, port: number): object =>
  typeof host === 'string' && host.includes('.')
    ? { address: host, family: 'IPv4', port }
    : { address: '::', family: 'IPv6', port };

const assertPlace = ({ port, path }: Options): void => {
  const number = Number(port);
  if (port === undefined ? path !== undefined : Number.isInteger(number) && number >= 0 && number < 65536) return;
  const message = `options.port should be >= 0 and < 65536. Received type ${typeof port} (${String(port)}).`;
  throw Object.assign(new RangeError(message), { code: 'ERR_SOCKET_BAD_PORT' });
};

/** Its other side has ended, and there is nothing to write: no program of Node would wait for it. */
const isSpent = (socket: Socket): boolean =>
  (socket as Socket & { _readableState: { ended: boolean } })._readableState.ended && socket.writableLength === 0;

/** What was written so far was for the harness. */
const countFromHere = (socket: Socket): void => {
  const before = socket.bytesWritten;
  const get = (): number => (Reflect.get(net.Socket.prototype, 'bytesWritten', socket) as number) - before;
  Object.defineProperty(socket, 'bytesWritten', { get, configurable: true });
};

/** Where the harness is, and ports at which it listens already. */
export type RelayPlace = { readonly port: number; readonly reserved: readonly number[] };

const reserved: number[] = [];

/** A server of `net`; with TLS options one of `tls`, whose sockets show what was inside. */
export class RelayedServer extends EventEmitter {
  listening = false;
  maxConnections: number | undefined;
  readonly #relayPort: number;
  readonly #options: Options;
  readonly #tls: boolean;
  readonly #sockets = new Set<Socket>();
  readonly #contexts: RelayRequest[] = [];
  #control: Socket | undefined;
  #address: object | null = null;
  /** A server that listens keeps its program alive, and so does a client of it from whom something may still come. */
  readonly #isAlive = (): boolean => this.listening || [...this.#sockets].some((socket) => !isSpent(socket));

  constructor(relayPort: number, options: Options, isTls: boolean) {
    super();
    this.#relayPort = relayPort;
    this.#options = options;
    this.#tls = isTls;
  }

  listen(...args: unknown[]): this {
    const callback = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (callback) this.once('listening', callback);
    const { port, host, path, exclusive, ipv6Only } = placeOf(args);
    assertPlace({ port, path });
    const control = net.connect(this.#relayPort, '127.0.0.1');
    this.#control = control;
    let text = '';
    control.setEncoding('utf8');
    control.on('data', (chunk: string) => {
      const lines = `${text}${chunk}`.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) this.#onMessage(JSON.parse(line) as Message);
    });
    const taken = Number(port) === 0 ? (reserved.shift() ?? 0) : (port as number);
    if (taken !== 0 && Number(port) === 0) this.#address = addressAt(host, taken);
    this.listening = true;
    this.#keepAlive(true);
    const where = { port: taken, host: host as string, path: path as string, exclusive, ipv6Only } as object;
    control.write(lineOf({ kind: 'listen', where, ...(this.#tls ? { tls: this.#options } : {}) }));
    for (const request of this.#contexts) control.write(lineOf(request));
    return this;
  }

  /** Another certificate for a name that clients ask for. */
  addContext(name: string, context: Options): void {
    this.#offer({ kind: 'context', name, context });
  }
  setSecureContext(context: Options): void {
    tls.createSecureContext(context);
    this.#offer({ kind: 'context', context });
  }
  #offer(request: RelayRequest): void {
    this.#contexts.push(request);
    this.#control?.write(lineOf(request));
  }

  #onMessage(message: Message): void {
    if (message.kind === 'client') this.#take(message);
    else if (message.kind === 'listening') {
      this.#address ??= message.address;
      this.emit('listening');
    } else {
      if (message.kind === 'error') this.#giveUp();
      this.emit(message.kind, toError(message.error), {});
    }
  }

  #take({ client, addresses, tls: facts }: ClientFacts): void {
    const { allowHalfOpen, pauseOnConnect } = this.#options;
    const socket = new net.Socket({ allowHalfOpen: allowHalfOpen === true });
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#closeIfDone();
    });
    if (pauseOnConnect) socket.pause();
    socket.connect(this.#relayPort, '127.0.0.1', () => {
      socket.write(lineOf({ kind: 'accept', client }), () => {
        for (const [name, value] of Object.entries({ ...addresses, server: this }))
          Object.defineProperty(socket, name, { value, writable: true, configurable: true, enumerable: true });
        countFromHere(socket);
        if (facts !== undefined) this.#makeSecure(socket, facts);
        this.emit(this.#tls ? 'secureConnection' : 'connection', socket);
      });
    });
  }

  #makeSecure(socket: Socket, { protocol, cipher, sessionReused, ...facts }: Options): void {
    Object.assign(socket, facts, { encrypted: true });
    Object.assign(socket, { getProtocol: () => protocol, getCipher: () => cipher });
    Object.assign(socket, { isSessionReused: () => sessionReused, renegotiate: () => false });
  }

  close(callback?: (error?: Error) => void): this {
    if (this.#control === undefined) {
      const error = Object.assign(new Error('Server is not running.'), { code: 'ERR_SERVER_NOT_RUNNING' });
      if (callback) process.nextTick(callback, error);
      return this;
    }
    if (callback) this.once('close', callback);
    this.listening = false;
    this.#address = null;
    if (!this.#control.destroyed) this.#control.write(lineOf({ kind: 'close' }));
    setImmediate(() => this.#closeIfDone());
    return this;
  }

  #closeIfDone(): void {
    if (this.listening || this.#sockets.size > 0 || this.#control === undefined) return;
    this.#control.destroy();
    this.#control = undefined;
    this.#keepAlive(false);
    this.emit('close');
  }

  /** It could not listen. */
  #giveUp(): void {
    this.listening = false;
    this.#address = null;
    this.#keepAlive(false);
  }

  #keepAlive(wanted: boolean): void {
    if (wanted) ledger.keepers.add(this.#isAlive);
    else ledger.keepers.delete(this.#isAlive);
  }

  address(): object | null {
    return this.#address;
  }
  getConnections(callback: (error: null, count: number) => void): this {
    process.nextTick(callback, null, this.#sockets.size);
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    this.#keepAlive(false);
    return this;
  }
  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => void this.close(() => resolve()));
  }
}

type Listener = (socket: Socket) => void;
const given = (args: readonly unknown[]): [Options, Listener | undefined] => {
  const options = args.find((arg) => typeof arg === 'object' && arg !== null) as Options | undefined;
  return [options ?? {}, args.find((arg) => typeof arg === 'function') as Listener | undefined];
};

const serverKind = (relayPort: number, isTls: boolean) => {
  const event = isTls ? 'secureConnection' : 'connection';
  function Server(...args: unknown[]): RelayedServer {
    const [options, listener] = given(args);
    // What Node refuses at once: the harness would tell of it later.
    if (isTls) tls.createSecureContext(options);
    const server = new RelayedServer(relayPort, options, isTls);
    if (listener) server.on(event, listener);
    return server;
  }
  Server.prototype = RelayedServer.prototype;
  return Server;
};

/** Puts `Server` and `createServer` into the isolate's modules. */
export const installServers = (relay: RelayPlace): void => {
  reserved.push(...relay.reserved);
  const plain = serverKind(relay.port, false);
  const secure = serverKind(relay.port, true);
  Object.assign(net, { Server: plain, createServer: plain });
  Object.assign(tls, { Server: secure, createServer: secure });
};
