/**
 * `http.createServer` and `https.createServer` for test files in the sandbox: the harness listens (see `servers.ts`),
 * requests are read and answered here. Timeouts of requests and the finer points of a server of Node are not there.
 */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import { type RequestError, type RequestHead, RequestReader } from './request-reader.ts';
import { type ServedSocket, ServerResponse } from './server-response.ts';
import { RelayedServer, type ServerOptions } from './servers.ts';

type Inside = IncomingMessage & {
  _addHeaderLines(raw: readonly string[], count: number): void;
  _dump(): void;
  _dumped: boolean;
  _consuming: boolean;
  upgrade: boolean;
};
type Callback = () => void;
type RequestClass = new (socket: ServedSocket) => IncomingMessage;
type ResponseClass = new (request: IncomingMessage) => ServerResponse;

const KEEP_ALIVE_MS = 5000;

const aborted = (): Error => Object.assign(new Error('aborted'), { code: 'ECONNRESET' });

export class HttpServer extends RelayedServer {
  timeout = 0;
  keepAliveTimeout = KEEP_ALIVE_MS;
  keepAliveTimeoutBuffer = 1000;
  headersTimeout = 60_000;
  requestTimeout = 300_000;
  maxHeadersCount: number | null = null;
  maxRequestsPerSocket = 0;
  httpAllowHalfOpen = false;
  readonly settings: ServerOptions;
  readonly connections = new Set<Connection>();

  constructor(relayPort: number, options: ServerOptions, isTls: boolean) {
    super(relayPort, { ...options, allowHalfOpen: true }, isTls);
    this.settings = options;
    for (const name of ['keepAliveTimeout', 'keepAliveTimeoutBuffer', 'headersTimeout', 'requestTimeout'] as const)
      if (options[name] !== undefined) this[name] = options[name] as number;
    const onConnection = (socket: ServedSocket): void => void new Connection(this, socket);
    this.on(isTls ? 'secureConnection' : 'connection', onConnection);
  }

  setTimeout(timeoutMs: number, callback?: Callback): this {
    this.timeout = timeoutMs;
    if (callback) this.on('timeout', callback);
    return this;
  }
  closeIdleConnections(): void {
    for (const connection of this.connections) if (connection.isIdle) connection.socket.destroy();
  }
  closeAllConnections(): void {
    for (const { socket } of this.connections) socket.destroy();
  }
  override close(callback?: (error?: Error) => void): this {
    this.closeIdleConnections();
    return super.close(callback);
  }
}

/** One client of a server: its requests, answered in the order in which they came. */
class Connection {
  readonly socket: ServedSocket;
  readonly #server: HttpServer;
  readonly #reader: RequestReader;
  readonly #requests: Inside[] = [];
  readonly #responses: ServerResponse[] = [];
  #incoming: Inside | undefined;
  #served = 0;
  readonly #listeners: readonly (readonly [string, (...args: never[]) => void])[];

  constructor(server: HttpServer, socket: ServedSocket) {
    this.#server = server;
    this.socket = socket;
    const maxHeadBytes = (server.settings.maxHeaderSize as number | undefined) ?? http.maxHeaderSize;
    this.#reader = new RequestReader(
      {
        onHead: (head) => this.#onHead(head),
        onBody: (bytes) => {
          if (this.#incoming && !this.#incoming._dumped && !this.#incoming.push(bytes)) socket.pause();
        },
        onComplete: (rawTrailers) => this.#onComplete(rawTrailers),
      },
      maxHeadBytes,
    );
    server.connections.add(this);
    if (server.timeout > 0) socket.setTimeout(server.timeout);
    this.#listeners = [
      ['data', (bytes: Buffer) => this.#onData(bytes)],
      ['end', () => this.#onEnd()],
      ['close', () => this.#onClose()],
      ['error', (error: Error) => this.#onError(error)],
      ['timeout', () => this.#onTimeout()],
      ['drain', () => (socket._httpMessage as { _drained?: Callback } | null | undefined)?._drained?.()],
    ];
    for (const [name, listener] of this.#listeners) socket.on(name, listener as Callback);
  }

  get isIdle(): boolean {
    return this.#requests.length === 0 && this.#reader.finish() === undefined;
  }

  #letGo(): void {
    for (const [name, listener] of this.#listeners) this.socket.removeListener(name, listener as Callback);
    this.#server.connections.delete(this);
  }

  #onData(bytes: Buffer): void {
    const error = this.#reader.execute(bytes);
    if (error) this.#onError(Object.assign(error, { rawPacket: bytes }));
  }

  #onEnd(): void {
    const error = this.#reader.finish();
    if (error) {
      this.#onError(error);
      return;
    }
    const last = this.#responses.at(-1) ?? this.socket._httpMessage;
    if (this.#server.httpAllowHalfOpen && last) Object.assign(last, { _last: true });
    else {
      if (!this.#server.httpAllowHalfOpen) this.#abort();
      this.socket.end();
    }
  }

  #abort(): void {
    for (const request of this.#requests.splice(0)) request.destroy(aborted());
  }

  #onClose(): void {
    this.#server.connections.delete(this);
    this.#abort();
  }

  #onError(error: Error): void {
    this.socket.removeAllListeners('error');
    this.socket.on('error', () => undefined);
    if (this.#server.emit('clientError', error, this.socket)) return;
    const isSilent = !this.socket.writable || this.socket._httpMessage?.headersSent;
    const status =
      (error as RequestError).code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request';
    if (!isSilent) this.socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, 'latin1');
    this.socket.destroySoon();
  }

  #onTimeout(): void {
    const [request] = this.#requests;
    const isHeard = [
      request && !request.complete && request.emit('timeout', this.socket),
      this.socket._httpMessage?.emit('timeout', this.socket),
      this.#server.emit('timeout', this.socket),
    ].some((heard) => heard === true);
    if (!isHeard) this.socket.destroy();
  }

  #requestOf({ method, url, version, rawHeaders, upgrades }: RequestHead): Inside {
    const Made = (this.#server.settings.IncomingMessage as RequestClass | undefined) ?? http.IncomingMessage;
    const request = new Made(this.socket) as Inside;
    const [httpVersionMajor, httpVersionMinor] = version;
    const facts = {
      httpVersionMajor,
      httpVersionMinor,
      httpVersion: version.join('.'),
      method,
      url,
      upgrade: upgrades,
    };
    Object.assign(request, facts, { joinDuplicateHeaders: this.#server.settings.joinDuplicateHeaders });
    const max = (this.#server.maxHeadersCount ?? 2000) * 2;
    request._addHeaderLines(rawHeaders, max > 0 ? Math.min(max, rawHeaders.length) : rawHeaders.length);
    return request;
  }

  #onHead(head: RequestHead): 'body' | 'upgrade' {
    const request = this.#requestOf(head);
    this.#incoming = request;
    const event = head.method === 'CONNECT' ? 'connect' : 'upgrade';
    const switches = head.upgrades && (event === 'connect' || this.#server.listenerCount('upgrade') > 0);
    request.upgrade = switches;
    if (switches) {
      this.#switch(event, request);
      return 'upgrade';
    }
    this.#requests.push(request);
    this.#serve(request, this.#responseTo(request, head.keepsAlive));
    return 'body';
  }

  /** After this turn: what came behind the head belongs to the other protocol. */
  #switch(event: string, request: Inside): void {
    this.#letGo();
    this.socket.pause();
    queueMicrotask(() => {
      if (!this.#server.emit(event, request, this.socket, Buffer.from(this.#reader.rest))) this.socket.destroy();
      else this.socket.resume();
    });
  }

  #responseTo(request: Inside, keepsAlive: boolean): ServerResponse {
    const Made = (this.#server.settings.ServerResponse as ResponseClass | undefined) ?? ServerResponse;
    const response = new Made(request);
    const { maxRequestsPerSocket: max, keepAliveTimeout } = this.#server;
    this.#served += 1;
    response.shouldKeepAlive = keepsAlive && !(max > 0 && this.#served >= max);
    Object.assign(response, {
      _keepAliveTimeout: keepAliveTimeout,
      maxRequestsOnConnectionReached: max > 0 && this.#served >= max,
    });
    (response as unknown as { _setUnique(names: unknown): void })._setUnique(this.#server.settings.uniqueHeaders);
    response.once('prefinish', () => this.#onResponseEnd(request, response));
    if (this.socket._httpMessage) this.#responses.push(response);
    else response.assignSocket(this.socket);
    return response;
  }

  #serve(request: Inside, response: ServerResponse): void {
    const { headers, httpVersion } = request;
    const isStrict = this.#server.settings.requireHostHeader !== false;
    if (isStrict && httpVersion === '1.1' && headers.host === undefined) {
      response.writeHead(400, ['Connection', 'close']).end();
    } else if (headers.expect === undefined || httpVersion !== '1.1') this.#server.emit('request', request, response);
    else if (/(?:^|\W)100-continue(?:$|\W)/i.test(headers.expect)) {
      Object.assign(response, { _expect_continue: true });
      if (this.#server.emit('checkContinue', request, response)) return;
      response.writeContinue();
      this.#server.emit('request', request, response);
    } else if (!this.#server.emit('checkExpectation', request, response)) response.writeHead(417).end();
  }

  #onComplete(rawTrailers: readonly string[]): void {
    const request = this.#incoming;
    if (request === undefined) return;
    request.complete = true;
    request._addHeaderLines(rawTrailers, rawTrailers.length);
    request.push(null);
    if (this.socket.readable) this.socket.resume();
  }

  #onResponseEnd(request: Inside, response: ServerResponse): void {
    this.#requests.splice(this.#requests.indexOf(request), 1);
    if (!request._consuming) request._dump();
    if (this.socket._httpMessage === response) response.detachSocket(this.socket);
    process.nextTick(() => {
      Object.assign(response, { _closed: true, destroyed: true });
      response.emit('close');
    });
    const next = this.#responses.shift();
    if ((response as unknown as { _last: boolean })._last) this.socket.destroySoon();
    else if (next) next.assignSocket(this.socket);
    else if (!this.#server.listening) this.socket.end();
    else if (this.#server.keepAliveTimeout > 0) {
      this.socket.setTimeout(this.#server.keepAliveTimeout + this.#server.keepAliveTimeoutBuffer);
    }
  }
}

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

const serverKind = (relayPort: number, isTls: boolean) => {
  function Server(...args: unknown[]): HttpServer {
    const options = args.find((arg) => typeof arg === 'object' && arg !== null) as ServerOptions | undefined;
    const listener = args.find((arg) => typeof arg === 'function') as RequestListener | undefined;
    if (isTls) tls.createSecureContext(options);
    const server = new HttpServer(relayPort, options ?? {}, isTls);
    if (listener) server.on('request', listener);
    return server;
  }
  Server.prototype = HttpServer.prototype;
  return Server;
};

/** Puts `Server`, `createServer` and `ServerResponse` into the isolate's `http` and `https`. */
export const installHttpServers = (relayPort: number): void => {
  const plain = serverKind(relayPort, false);
  const secure = serverKind(relayPort, true);
  Object.assign(http, { Server: plain, createServer: plain, ServerResponse });
  Object.assign(https, { Server: secure, createServer: secure });
};
