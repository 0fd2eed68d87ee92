/**
 * Gives `net` and `tls` of the isolate servers, which scripts do not have: the harness listens for them (see
 * `server-relay.ts`). Their sockets are the isolate's own, so that a test of a client has somebody to talk to.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { lineOf, lineReader, readLine } from '../relay-text.ts';
import type { ClientFacts, RelayRequest } from '../server-relay.ts';
import { ledger } from './ledger.ts';
import { assertServerOptions, assertTicketKeys, contextOf, rememberContexts, ServerSocket } from './secure-side.ts';

type Options = Record<string, unknown>;
export type ServerOptions = Readonly<Options>;
type Message =
  | { readonly kind: 'listening'; readonly address: object }
  | { readonly kind: 'made' }
  | { readonly kind: 'closed' }
  | ({ readonly kind: 'client' } & ClientFacts)
  | { readonly kind: 'raw'; readonly addresses: Options }
  | { readonly kind: 'ask'; readonly ask: number; readonly event: string; readonly args: unknown[] }
  | { readonly kind: 'keylog'; readonly line: Buffer }
  | { readonly kind: 'tlsClientError'; readonly error: Error; readonly client: number; readonly servername: unknown }
  | { readonly kind: 'error'; readonly error: Error };

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
  #options: Options;
  readonly #tls: boolean;
  readonly #sockets = new Set<Socket>();
  readonly #key = randomUUID();
  /** What is to be said once the harness is asked for a server. */
  readonly #early: RelayRequest[] = [];
  /** Streams that the file handed over, until their clients are there. */
  readonly #wrapped = new Map<number, Duplex>();
  readonly #whenMade: (() => void)[] = [];
  #isMade = false;
  /** All that came have been told of. */
  #isTold = false;
  #control: Socket | undefined;
  #address: object | null = null;
  /** A server that listens keeps its program alive, and so does a client of it from whom something may still come. */
  readonly #isAlive = (): boolean => this.listening || [...this.#sockets].some((socket) => !isSpent(socket));

  constructor(relayPort: number, options: Options, isTls: boolean) {
    super();
    this.#relayPort = relayPort;
    this.#options = options;
    this.#tls = isTls;
    if (!isTls) return;
    this.#options = { ...options, ticketKeys: options.ticketKeys ?? randomBytes(48) };
    this.on('newListener', (event: string) => this.#offer({ kind: 'want', event }));
  }

  listen(...args: unknown[]): this {
    const callback = args.find((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (callback) this.once('listening', callback);
    const { port, host, path, exclusive, ipv6Only } = placeOf(args);
    assertPlace({ port, path });
    const taken = Number(port) === 0 ? (reserved.shift() ?? 0) : (port as number);
    if (taken !== 0 && Number(port) === 0) this.#address = addressAt(host, taken);
    this.listening = true;
    this.#keepAlive(true);
    const where = { port: taken, host: host as string, path: path as string, exclusive, ipv6Only } as object;
    this.#ask(where);
    return this;
  }

  /** Asks the harness for the server; without a place it only takes streams. */
  #ask(where?: object): void {
    const control = net.connect(this.#relayPort, '127.0.0.1');
    this.#control = control;
    control.setEncoding('utf8');
    control.on('data', lineReader((line) => this.#onMessage(readLine(line) as Message)) as never);
    const asks = Object.keys(this.#options).filter((name) => typeof this.#options[name] === 'function');
    const listen = { kind: 'listen', key: this.#key, where, asks, ...(this.#tls ? { tls: this.#options } : {}) };
    control.write(lineOf(listen, contextOf));
    for (const request of this.#early.splice(0)) control.write(lineOf(request, contextOf));
  }

  /** Another certificate for a name that clients ask for. */
  addContext(name: string, context: object): void {
    this.#offer({ kind: 'context', name, context });
  }
  setSecureContext(context: Options): void {
    tls.createSecureContext(context);
    this.#offer({ kind: 'context', context });
  }
  setTicketKeys(keys: unknown): void {
    const bytes = assertTicketKeys(keys);
    this.#options.ticketKeys = bytes;
    this.#offer({ kind: 'ticketKeys', keys: bytes });
  }
  getTicketKeys(): Buffer {
    return Buffer.from(this.#options.ticketKeys as Buffer);
  }
  #offer(request: RelayRequest): void {
    if (this.#control === undefined) this.#early.push(request);
    else if (!this.#control.destroyed) this.#control.write(lineOf(request, contextOf));
  }

  /** A stream that is handed to a server of TLS is spoken over by the harness. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'connection' || !this.#tls) return super.emit(event, ...args);
    if (this.#control === undefined) this.#ask();
    const stream = args[0] as Duplex;
    if (this.#isMade) this.#wrap(stream);
    else this.#whenMade.push(() => this.#wrap(stream));
    return super.emit(event, ...args);
  }

  #wrap(stream: Duplex): void {
    const wrap = this.#wrapped.size + 1;
    this.#wrapped.set(wrap, stream);
    const raw = net.connect(this.#relayPort, '127.0.0.1', () => {
      raw.write(lineOf({ kind: 'wrap', key: this.#key, wrap }));
      stream.pipe(raw);
      raw.pipe(stream);
    });
    raw.once('close', () => stream.destroy());
    stream.once('close', () => raw.destroy());
    raw.on('error', () => undefined);
  }

  #onMessage(message: Message): void {
    if (message.kind === 'client') this.#take(message);
    else if (message.kind === 'listening' || message.kind === 'made') this.#onMade(message);
    else if (message.kind === 'raw') super.emit('connection', Object.assign(new ServerSocket(), message.addresses));
    else if (message.kind === 'keylog') this.emit('keylog', message.line, new ServerSocket());
    else if (message.kind === 'closed') {
      this.#isTold = true;
      this.#closeIfDone();
    } else if (message.kind === 'ask') this.#answer(message);
    else if (message.kind === 'tlsClientError') {
      const { error, client, servername } = message;
      this.emit('tlsClientError', error, new ServerSocket().tell({ servername }, this.#callOn(client)));
    } else {
      this.#giveUp();
      this.emit('error', message.error);
    }
  }

  #onMade(message: Extract<Message, { kind: 'listening' | 'made' }>): void {
    this.#isMade = true;
    for (const go of this.#whenMade.splice(0)) go();
    if (message.kind === 'made') return;
    this.#address ??= message.address;
    this.emit('listening');
  }

  #answer({ ask, event, args }: Extract<Message, { kind: 'ask' }>): void {
    const done = (...answer: unknown[]): void => this.#offer({ kind: 'answer', ask, args: answer });
    if (event === 'SNICallback') (this.#options.SNICallback as (...args: unknown[]) => void)(...args, done);
    else this.emit(event, ...args, done);
  }

  #callOn(client: number) {
    return (name: string, args: readonly unknown[]): void => this.#offer({ kind: 'call', client, name, args });
  }

  #socketFor({ client, tls: facts, wrap }: ClientFacts): Socket {
    const options = { allowHalfOpen: this.#options.allowHalfOpen === true };
    if (facts === undefined) return new net.Socket(options);
    const socket = new ServerSocket(options).tell(facts, this.#callOn(client));
    // The end of its stream is its own end.
    this.#wrapped.get(wrap ?? 0)?.prependOnceListener('close', () => socket.destroy());
    return socket;
  }

  #take(facts: ClientFacts): void {
    const { client, addresses } = facts;
    const socket = this.#socketFor(facts);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#closeIfDone();
    });
    if (this.#options.pauseOnConnect) socket.pause();
    socket.connect(this.#relayPort, '127.0.0.1', () => {
      socket.write(lineOf({ kind: 'accept', client }), () => {
        for (const [name, value] of Object.entries({ ...addresses, server: this }))
          Object.defineProperty(socket, name, { value, writable: true, configurable: true, enumerable: true });
        countFromHere(socket);
        super.emit(this.#tls ? 'secureConnection' : 'connection', socket);
      });
    });
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
    else this.#isTold = true;
    setImmediate(() => this.#closeIfDone());
    return this;
  }

  #closeIfDone(): void {
    if (this.listening || !this.#isTold || this.#sockets.size > 0 || this.#control === undefined) return;
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
    if (isTls) assertServerOptions(args[0]);
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
  rememberContexts();
  const plain = serverKind(relay.port, false);
  const secure = serverKind(relay.port, true);
  Object.assign(net, { Server: plain, createServer: plain });
  Object.assign(tls, { Server: secure, createServer: secure });
};
