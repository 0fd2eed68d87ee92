/** `http.ServerResponse` for test files in the sandbox, on the isolate's own `http.OutgoingMessage`. */
import http, { type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

type Done = (error?: Error | null) => void;
export type ServedSocket = Socket & { _httpMessage?: ServerResponse | null; server?: unknown };
type Pairs = readonly (readonly [string, unknown])[];

/** What an outgoing message of Node has, under names that are not documented. */
type Inside = {
  _header: string | null;
  _hasBody: boolean;
  _last: boolean;
  _closed: boolean;
  _defaultKeepAlive: boolean;
  _keepAliveTimeout: number;
  _sent100?: boolean;
  _expect_continue?: boolean;
  socket: ServedSocket | null;
  finished: boolean;
  destroyed: boolean;
  _writeRaw(data: string, encoding: string, callback?: Done): boolean;
  _storeHeader(firstLine: string, headers?: unknown): void;
  _flush(): void;
  getRawHeaderNames(): string[];
};
const inside = (response: unknown): Inside => response as Inside;

const coded = <E extends Error>(error: E, code: string): E => {
  Object.defineProperty(error, 'name', { value: error.constructor.name, configurable: true });
  return Object.assign(error, { code });
};

const pairsOf = (given: unknown): Pairs => {
  if (!Array.isArray(given)) return Object.entries((given ?? {}) as Record<string, unknown>);
  if (Array.isArray(given[0])) return given as unknown as Pairs;
  if (given.length % 2 !== 0) {
    throw coded(
      new TypeError(`The argument 'headers' is invalid. Received ${JSON.stringify(given)}`),
      'ERR_INVALID_ARG_VALUE',
    );
  }
  return Array.from({ length: given.length / 2 }, (_, at) => [given[2 * at] as string, given[2 * at + 1]] as const);
};

const isBodiless = (status: number): boolean => status === 204 || status === 304 || (status >= 100 && status < 200);

function onSocketClose(this: ServedSocket): void {
  const response = this._httpMessage;
  if (!response) return;
  inside(response).destroyed = true;
  inside(response)._closed = true;
  response.emit('close');
}

export class ServerResponse extends http.OutgoingMessage {
  statusCode = 200;
  statusMessage: string | undefined = undefined;
  override sendDate = true;
  declare readonly req: IncomingMessage;
  constructor(req: IncomingMessage) {
    super();
    Object.assign(this, { req });
    if (req.method === 'HEAD') inside(this)._hasBody = false;
    if ((req.httpVersionMajor ?? 1) < 1 || ((req.httpVersionMajor ?? 1) === 1 && (req.httpVersionMinor ?? 1) < 1)) {
      this.useChunkedEncodingByDefault = /chunked/i.test(String(req.headers.te));
      this.shouldKeepAlive = false;
    }
  }

  _finish(): void {
    (http.OutgoingMessage.prototype as unknown as { _finish(): void })._finish.call(this);
  }

  assignSocket(socket: ServedSocket): void {
    if (socket._httpMessage) throw coded(new Error('Response already assigned'), 'ERR_HTTP_SOCKET_ASSIGNED');
    socket._httpMessage = this;
    socket.on('close', onSocketClose);
    inside(this).socket = socket;
    this.emit('socket', socket);
    inside(this)._flush();
  }

  detachSocket(socket: ServedSocket): void {
    socket.removeListener('close', onSocketClose);
    socket._httpMessage = null;
    inside(this).socket = null;
  }

  #inform(status: string, callback?: Done): void {
    inside(this)._writeRaw(`HTTP/1.1 ${status}\r\n\r\n`, 'ascii', callback);
  }
  writeContinue(callback?: Done): void {
    this.#inform('100 Continue', callback);
    inside(this)._sent100 = true;
  }
  writeProcessing(callback?: Done): void {
    this.#inform('102 Processing', callback);
  }
  writeEarlyHints(hints: Record<string, string | readonly string[]>, callback?: Done): void {
    const { link, ...others } = hints;
    if (link === undefined || link.length === 0) return;
    const lines = [
      `Link: ${[link].flat().join(', ')}`,
      ...Object.entries(others).map(([name, value]) => `${name}: ${value}`),
    ];
    this.#inform(['103 Early Hints', ...lines].join('\r\n'), callback);
  }

  _implicitHeader(): void {
    this.writeHead(this.statusCode);
  }

  writeHeader(status: number, ...more: unknown[]): this {
    return this.writeHead(status, ...more);
  }

  writeHead(status: number, reason?: unknown, given?: unknown): this {
    if (this.headersSent)
      throw coded(new Error('Cannot write headers after they are sent to the client'), 'ERR_HTTP_HEADERS_SENT');
    const code = Number(status) | 0;
    if (code < 100 || code > 999)
      throw coded(new RangeError(`Invalid status code: ${status}`), 'ERR_HTTP_INVALID_STATUS_CODE');
    const message = typeof reason === 'string' ? reason : (this.statusMessage ?? http.STATUS_CODES[code] ?? 'unknown');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
    if (/[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/.test(message)) {
      throw coded(new TypeError('Invalid character in statusMessage'), 'ERR_INVALID_CHAR');
    }
    this.statusCode = code;
    this.statusMessage = message;
    if (isBodiless(code)) inside(this)._hasBody = false;
    if (inside(this)._expect_continue && !inside(this)._sent100) this.shouldKeepAlive = false;
    this.#store(`HTTP/1.1 ${code} ${message}\r\n`, pairsOf(typeof reason === 'string' ? given : (given ?? reason)));
    return this;
  }

  #store(firstLine: string, given: Pairs): void {
    const own = inside(this)
      .getRawHeaderNames()
      .map((name) => [name, this.getHeader(name)] as const);
    const names = new Set(given.map(([name]) => String(name).toLowerCase()));
    const headers = own.length === 0 ? given : [...own.filter(([name]) => !names.has(name.toLowerCase())), ...given];
    const told = new Set(headers.map(([name]) => String(name).toLowerCase()));
    const date = this.sendDate && !told.has('date') ? [['Date', new Date().toUTCString()] as const] : [];
    // Names that were set are seen afterwards too.
    if (own.length > 0) for (const [name, value] of given) this.setHeader(name, value as string);
    inside(this)._storeHeader(firstLine, [...headers, ...date]);
    const { _keepAliveTimeout: keepMs, _defaultKeepAlive: isDefault } = inside(this);
    if (told.has('connection') || !keepMs || !isDefault) return;
    const kept = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepMs / 1000)}\r\n`;
    inside(this)._header = (inside(this)._header ?? '').replace('Connection: keep-alive\r\n', kept);
  }
}
