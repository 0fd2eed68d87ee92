/** `http.OutgoingMessage`: headers, framing and the body on its way out. */
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import type { Socket } from '../net/socket.ts';
import { invalidArgType, nodeError } from '../node-errors.ts';
import { stream } from '../stream.ts';
import { createHeaderList, type HeaderValue } from './header-list.ts';
import { validateHeaderName, validateHeaderValue } from './validate.ts';

type Done = (error?: Error | null) => void;
type Queued = { readonly data: string | Uint8Array; readonly encoding: BufferEncoding; readonly done: Done | undefined };
export type GivenHeaders = readonly (readonly [string, HeaderValue])[];

const HIGH_WATER_MARK = 65536;
const noCallback = (): void => undefined;

const lengthOf = (data: string | Uint8Array, encoding: BufferEncoding): number =>
  typeof data === 'string' ? Buffer.byteLength(data, encoding) : data.byteLength;

/** What the headers that were given say about the message, and what is left to be said. */
type Told = { connection: boolean; length: boolean; encoding: boolean; date: boolean; expect: boolean; trailer: boolean };

export class OutgoingMessage extends stream.Stream {
  socket: Socket | null = null;
  outputData: Queued[] = [];
  outputSize = 0;
  writable = true;
  destroyed = false;
  errored: Error | null = null;
  chunkedEncoding = false;
  shouldKeepAlive = true;
  maxRequestsOnConnectionReached = false;
  useChunkedEncodingByDefault = true;
  sendDate = false;
  strictContentLength = false;
  finished = false;
  _last = false;
  _hasBody = true;
  _header: string | null = null;
  _headerSent = false;
  _contentLength: number | null = null;
  _trailer = '';
  _closed = false;
  _defaultKeepAlive = true;
  _removedConnection = false;
  _removedContLen = false;
  _removedTE = false;
  _corked = 0;
  _needDrain = false;
  readonly #headers = createHeaderList(() => this._header !== null);

  get _headers(): object {
    return this.getHeaders();
  }
  get connection(): Socket | null {
    return this.socket;
  }
  set connection(socket: Socket | null) {
    this.socket = socket;
  }
  get closed(): boolean {
    return this._closed;
  }
  get headersSent(): boolean {
    return this._header !== null;
  }
  get writableEnded(): boolean {
    return this.finished;
  }
  get writableFinished(): boolean {
    return this.finished && this.outputSize === 0 && (!this.socket || this.socket.writableLength === 0);
  }
  get writableObjectMode(): boolean {
    return false;
  }
  get writableLength(): number {
    return this.outputSize + (this.socket ? this.socket.writableLength : 0);
  }
  get writableHighWaterMark(): number {
    return this.socket ? this.socket.writableHighWaterMark : HIGH_WATER_MARK;
  }
  get writableCorked(): number {
    return this._corked;
  }
  get writableNeedDrain(): boolean {
    return !this.destroyed && !this.finished && this._needDrain;
  }

  cork(): void {
    this._corked += 1;
    this.socket?.cork();
  }
  uncork(): void {
    this._corked = Math.max(0, this._corked - 1);
    this.socket?.uncork();
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback) this.on('timeout', callback);
    if (this.socket) this.socket.setTimeout(timeoutMs);
    else this.once('socket', (socket: Socket) => socket.setTimeout(timeoutMs));
    return this;
  }

  setHeader(name: string, value: HeaderValue): this {
    this.#headers.set(name, value);
    return this;
  }
  setHeaders(headers: Iterable<readonly [string, HeaderValue]>): this {
    if (this._header !== null) {
      throw nodeError(Error, 'ERR_HTTP_HEADERS_SENT', 'Cannot set headers after they are sent to the client');
    }
    if (headers === null || typeof headers !== 'object' || !('get' in headers) || Array.isArray(headers)) {
      throw invalidArgType('headers', 'an instance of Headers or Map', headers);
    }
    for (const [name, value] of headers) this.setHeader(name, value);
    return this;
  }
  appendHeader(name: string, value: string | readonly string[]): this {
    this.#headers.append(name, value);
    return this;
  }
  getHeader(name: string): HeaderValue | undefined {
    if (typeof name !== 'string') throw invalidArgType('name', 'of type string', name);
    return this.#headers.get(name);
  }
  hasHeader(name: string): boolean {
    if (typeof name !== 'string') throw invalidArgType('name', 'of type string', name);
    return this.#headers.has(name);
  }
  removeHeader(name: string): void {
    if (typeof name !== 'string') throw invalidArgType('name', 'of type string', name);
    this.#headers.remove(name);
    const key = name.toLowerCase();
    if (key === 'connection') this._removedConnection = true;
    else if (key === 'content-length') this._removedContLen = true;
    else if (key === 'transfer-encoding') this._removedTE = true;
    else if (key === 'date') this.sendDate = false;
  }
  getHeaders(): Record<string, HeaderValue> {
    const headers: Record<string, HeaderValue> = Object.create(null);
    for (const [key, [, value]] of this.#headers.entries()) headers[key] = value;
    return headers;
  }
  getHeaderNames(): string[] {
    return Array.from(this.#headers.entries(), ([key]) => key);
  }
  getRawHeaderNames(): string[] {
    return Array.from(this.#headers.entries(), ([, [name]]) => name);
  }

  addTrailers(headers: object): void {
    this._trailer = '';
    const pairs: readonly (readonly [string, unknown])[] = Array.isArray(headers) ? headers : Object.entries(headers);
    for (const [name, value] of pairs) {
      validateHeaderName(name, 'Trailer name');
      for (const one of Array.isArray(value) ? value : [value]) {
        validateHeaderValue(name, one);
        this._trailer += `${name}: ${one}\r\n`;
      }
    }
  }

  flushHeaders(): void {
    if (this._header === null) this._implicitHeader();
    this._send('', 'latin1');
  }

  protected _implicitHeader(): void {
    throw nodeError(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _implicitHeader() method is not implemented');
  }

  /** Writes the head down; what a header says about the framing is heeded. */
  _storeHeader(firstLine: string, given?: GivenHeaders): void {
    const told: Told = { connection: false, length: false, encoding: false, date: false, expect: false, trailer: false };
    let head = firstLine;
    const pairs = given ?? Array.from(this.#headers.entries(), ([, entry]) => entry);
    for (const [name, value] of pairs) {
      if (given !== undefined) validateHeaderName(name);
      const isCookie = name.toLowerCase() === 'cookie';
      const values = Array.isArray(value) ? (isCookie ? [value.join('; ')] : value) : [value];
      for (const one of values) {
        if (given !== undefined) validateHeaderValue(name, one);
        head += `${name}: ${one}\r\n`;
        this.#heed(told, name.toLowerCase(), String(one));
      }
    }
    this._header = `${head}${this.#connectionLines(told)}${this.#framingLines(told)}\r\n`;
    this._headerSent = false;
    if (told.expect) this._send('', 'latin1');
  }

  #heed(told: Told, name: string, value: string): void {
    if (name === 'connection') {
      told.connection = true;
      this._removedConnection = false;
      if (/(?:^|\W)close(?:$|\W)/i.test(value)) this._last = true;
      else this.shouldKeepAlive = true;
    } else if (name === 'transfer-encoding') {
      told.encoding = true;
      this._removedTE = false;
      if (/(?:^|\W)chunked(?:$|\W)/i.test(value)) this.chunkedEncoding = true;
    } else if (name === 'content-length') {
      told.length = true;
      this._contentLength = Number(value);
      this._removedContLen = false;
    } else if (name === 'expect' || name === 'trailer') told[name] = true;
    else if (name === 'keep-alive') this._defaultKeepAlive = false;
  }

  #connectionLines(told: Told): string {
    if (this._removedConnection) {
      this.shouldKeepAlive = false;
      return '';
    }
    if (told.connection) return '';
    const agent = (this as { agent?: unknown }).agent;
    const keeps = this.shouldKeepAlive && (told.length || this.useChunkedEncodingByDefault || Boolean(agent));
    if (keeps && !this._last) return 'Connection: keep-alive\r\n';
    this._last = true;
    return 'Connection: close\r\n';
  }

  #framingLines(told: Told): string {
    if (told.length || told.encoding) return '';
    if (!this._hasBody) this.chunkedEncoding = false;
    else if (!this.useChunkedEncodingByDefault) this._last = true;
    else if (!told.trailer && !this._removedContLen && typeof this._contentLength === 'number') {
      return `Content-Length: ${this._contentLength}\r\n`;
    } else if (!this._removedTE) {
      this.chunkedEncoding = true;
      return 'Transfer-Encoding: chunked\r\n';
    }
    return '';
  }

  /** Sends data, with the head before it if that has not gone. */
  _send(data: string | Uint8Array, encoding: BufferEncoding = 'latin1', done?: Done): boolean {
    if (!this._headerSent && this._header !== null) {
      const head = this._header;
      this._headerSent = true;
      if (typeof data === 'string' && (encoding === 'utf8' || encoding === 'latin1')) {
        // One write for both, as most requests are small. The head is Latin-1 whatever the body is.
        if (encoding === 'latin1' || data === '') return this._writeRaw(head + data, 'latin1', done);
        return this._writeRaw(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(data)]), 'latin1', done);
      }
      this._writeRaw(head, 'latin1');
    }
    return this._writeRaw(data, encoding, done);
  }

  _writeRaw(data: string | Uint8Array, encoding: BufferEncoding, done?: Done): boolean {
    const { socket } = this;
    if (socket?.destroyed) return false;
    const isMine = socket !== null && (socket as { _httpMessage?: unknown })._httpMessage === this;
    if (socket && isMine && socket.writable) {
      if (this.outputData.length > 0) this._flushOutput(socket);
      return socket.write(data, encoding, done ?? noCallback);
    }
    this.outputData.push({ data, encoding, done });
    this.outputSize += lengthOf(data, encoding);
    return this.outputSize < HIGH_WATER_MARK;
  }

  _flushOutput(socket: Socket): boolean {
    const queued = this.outputData;
    if (queued.length === 0) return true;
    this.outputData = [];
    this.outputSize = 0;
    socket.cork();
    let fine = true;
    for (const { data, encoding, done } of queued) fine = socket.write(data, encoding, done ?? noCallback);
    socket.uncork();
    return fine;
  }

  /** The connection is there: what has waited goes out. */
  _flush(): void {
    const { socket } = this;
    if (!socket?.writable) return;
    const fine = this._flushOutput(socket);
    if (this.finished) this._finish();
    else if (fine && this._needDrain) {
      this._needDrain = false;
      this.emit('drain');
    }
  }

  write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    const done = (typeof encoding === 'function' ? encoding : callback) as Done | undefined;
    const sent = this.#write(chunk, (typeof encoding === 'string' ? encoding : 'utf8') as BufferEncoding, done, false);
    if (!sent) this._needDrain = true;
    return sent;
  }

  #refuse(error: Error, done: Done | undefined): boolean {
    if (this.destroyed) nextTick(() => done?.(error));
    else
      nextTick(() => {
        done?.(error);
        this.#fail(error);
      });
    return false;
  }

  #fail(error: Error): void {
    this.errored = error;
    this.emit('error', error);
  }

  #write(chunk: unknown, encoding: BufferEncoding, done: Done | undefined, fromEnd: boolean): boolean {
    if (chunk === null) throw nodeError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
    if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk)) {
      throw invalidArgType('chunk', 'of type string or an instance of Buffer or Uint8Array', chunk);
    }
    const data = chunk as string | Uint8Array;
    if (this.finished) return this.#refuse(nodeError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end'), done);
    if (this.destroyed) {
      const message = 'Cannot call write after a stream was destroyed';
      return this.#refuse(nodeError(Error, 'ERR_STREAM_DESTROYED', message), done);
    }
    const length = lengthOf(data, encoding);
    if (this._header === null) {
      if (fromEnd) this._contentLength ??= length;
      this._implicitHeader();
    }
    if (!this._hasBody) {
      nextTick(() => done?.());
      return true;
    }
    if (!this.chunkedEncoding || length === 0) return this._send(data, encoding, done);
    this._send(`${length.toString(16)}\r\n`, 'latin1');
    this._send(data, encoding);
    return this._send('\r\n', 'latin1', done);
  }

  end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    const args = [chunk, encoding, callback];
    const done = args.find((arg) => typeof arg === 'function') as Done | undefined;
    const data = typeof chunk === 'function' ? undefined : chunk;
    const named = (typeof encoding === 'string' ? encoding : 'utf8') as BufferEncoding;
    if (data !== undefined && data !== null && data !== '') {
      if (this.finished) {
        this.#refuse(nodeError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end'), done);
        return this;
      }
      this.socket?.cork();
      this.#write(data, named, undefined, true);
    } else if (this.finished) {
      if (done) this.#endTwice(done);
      return this;
    } else if (this._header === null) {
      this.socket?.cork();
      this._contentLength = 0;
      this._implicitHeader();
    }
    if (done) this.once('finish', done);
    const finish = (error?: Error | null): void => {
      if (!error) this.emit('finish');
    };
    if (this._hasBody && this.chunkedEncoding) this._send(`0\r\n${this._trailer}\r\n`, 'latin1', finish);
    else if (!this._headerSent || this.writableLength > 0 || data) this._send('', 'latin1', finish);
    else nextTick(finish as () => void);
    if (this.socket) while (this.socket.writableCorked > 0) this.socket.uncork();
    this._corked = 0;
    this.finished = true;
    if (this.outputData.length === 0 && (this.socket as { _httpMessage?: unknown } | null)?._httpMessage === this) {
      this._finish();
    }
    return this;
  }

  #endTwice(done: Done): void {
    if (this.writableFinished) {
      done(nodeError(Error, 'ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished'));
    } else this.once('finish', done);
  }

  _finish(): void {
    this.emit('prefinish');
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.errored = error ?? null;
    if (this.socket) this.socket.destroy(error);
    else this.once('socket', (socket: Socket) => socket.destroy(error));
    return this;
  }

  override pipe<T>(): T {
    throw nodeError(Error, 'ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable');
  }
}
