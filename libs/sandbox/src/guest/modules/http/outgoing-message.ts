/** `http.OutgoingMessage`: headers, framing and the body on its way out. */
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import type { Socket } from '../net/socket.ts';
import { invalidArgType, nodeError } from '../node-errors.ts';
import { HeadedMessage } from './headed-message.ts';

type Done = (error?: Error | null) => void;
type Data = string | Uint8Array;
type Encoding = BufferEncoding | null | undefined;
type Queued = { readonly data: Data; readonly encoding: Encoding; readonly callback: Done | undefined };
type Chunk = readonly [data: Data, encoding: Encoding, callback: Done | undefined];
/** A socket as the messages that share it mark it. */
export type MarkedSocket = Socket & {
  _httpMessage?: unknown;
  _hadError?: boolean;
  readonly errored: Error | null;
  readonly _writableState: { corked: number };
};

const HIGH_WATER_MARK = 64 * 1024;
const noCallback = (): void => undefined;

const lengthOf = (data: Data, encoding: Encoding): number =>
  typeof data === 'string' ? Buffer.byteLength(data, encoding ?? 'utf8') : data.byteLength;

const writeAfterEnd = (): Error => nodeError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
const destroyed = (verb: string): Error =>
  nodeError(Error, 'ERR_STREAM_DESTROYED', `Cannot call ${verb} after a stream was destroyed`);

function lengthMismatch(written: number, promised: number): Error {
  const message = `Response body's content-length of ${written} byte(s) does not match the content-length of ${promised} byte(s) set in header`;
  return nodeError(Error, 'ERR_HTTP_CONTENT_LENGTH_MISMATCH', message);
}

function assertChunk(chunk: unknown): asserts chunk is Data {
  if (chunk === null) throw nodeError(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return;
  throw invalidArgType('chunk', 'of type string or an instance of Buffer or Uint8Array', chunk);
}

export class OutgoingMessage extends HeadedMessage {
  outputData: Queued[] = [];
  outputSize = 0;
  writable = true;
  destroyed = false;
  #socket: MarkedSocket | null = null;
  #corked = 0;
  #corkedChunks: Chunk[] = [];
  #corkedLength = 0;
  #bytesWritten = 0;
  #errored: Error | null | undefined = null;
  #isWritten = false;
  #endCallbacks: Done[] = [];
  #endFailure: Error | null = null;
  #needsDrain = false;
  _highWaterMark = HIGH_WATER_MARK;

  get socket(): MarkedSocket | null {
    return this.#socket;
  }
  set socket(socket: MarkedSocket | null) {
    for (let count = 0; count < this.#corked; count++) {
      socket?.cork();
      this.#socket?.uncork();
    }
    this.#socket = socket;
  }
  get connection(): MarkedSocket | null {
    return this.#socket;
  }
  set connection(socket: MarkedSocket | null) {
    this.socket = socket;
  }
  get errored(): Error | null | undefined {
    return this.#errored;
  }
  get closed(): boolean {
    return this._closed;
  }
  get writableEnded(): boolean {
    return this.finished;
  }
  get writableFinished(): boolean {
    return this.#isWritten;
  }
  get writableObjectMode(): boolean {
    return false;
  }
  get writableLength(): number {
    return this.outputSize + this.#corkedLength + (this.#socket?.writableLength ?? 0);
  }
  get writableHighWaterMark(): number {
    return this.#socket ? this.#socket.writableHighWaterMark : this._highWaterMark;
  }
  get writableCorked(): number {
    return this.#corked;
  }
  get writableNeedDrain(): boolean {
    return !this.destroyed && !this.finished && this.#needsDrain;
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback) this.on('timeout', callback);
    if (this.#socket) this.#socket.setTimeout(timeoutMs);
    else this.once('socket', (socket: Socket) => socket.setTimeout(timeoutMs));
    return this;
  }

  flushHeaders(): void {
    if (this._header === null) this._implicitHeader();
    this._send('');
  }

  _implicitHeader(): void {
    throw nodeError(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _implicitHeader() method is not implemented');
  }

  /** Makes the head; it goes out with the next piece of the body. */
  _storeHeader(firstLine: string, given?: unknown): void {
    if (this._makeHead(firstLine, given)) this._send('');
  }

  /** Sends data, with the head before it if that has not gone. */
  _send(data: Data, encoding?: Encoding, callback?: Done): boolean {
    if (this._headerSent || this._header === null) return this._writeRaw(data, encoding, callback);
    this._headerSent = true;
    if (typeof data === 'string' && (encoding === 'utf8' || encoding === 'latin1' || !encoding)) {
      return this._writeRaw(this._header + data, encoding, callback);
    }
    this.outputData.unshift({ data: this._header, encoding: 'latin1', callback: undefined });
    this.outputSize += this._header.length;
    return this._writeRaw(data, encoding, callback);
  }

  _writeRaw(data: Data, encoding?: Encoding, callback?: Done): boolean {
    const socket = this.#socket;
    if (socket?.destroyed) return false;
    if (socket && socket._httpMessage === this && socket.writable) {
      if (this.outputData.length > 0) this._flushOutput(socket);
      return socket.write(data, encoding ?? 'utf8', callback ?? noCallback);
    }
    this.outputData.push({ data, encoding, callback });
    this.outputSize += data.length;
    return this.outputSize < this._highWaterMark;
  }

  _flushOutput(socket: MarkedSocket): boolean | undefined {
    const queued = this.outputData;
    if (queued.length === 0) return undefined;
    socket.cork();
    let fine = true;
    for (const { data, encoding, callback } of queued) {
      fine = socket.write(data, encoding ?? 'utf8', callback ?? noCallback);
    }
    socket.uncork();
    this.outputData = [];
    this.outputSize = 0;
    return fine;
  }

  /** The connection is there: what has waited goes out. */
  _flush(): void {
    const socket = this.#socket;
    if (!socket?.writable) return;
    const fine = this._flushOutput(socket);
    if (this.finished) this._finish();
    else if (fine !== false) this._drained();
  }

  /** Tells who waited for it that there is room again. */
  _drained(): void {
    if (!this.#needsDrain || this.finished) return;
    this.#needsDrain = false;
    this.emit('drain');
  }

  cork(): void {
    this.#corked += 1;
    this.#socket?.cork();
  }

  uncork(): void {
    this.#corked -= 1;
    this.#socket?.uncork();
    if (this.#corked > 0 || this.#corkedChunks.length === 0) return;
    const chunks = this.#corkedChunks;
    const callbacks = chunks.flatMap(([, , callback]) => callback ?? []);
    this._send(`${this.#corkedLength.toString(16)}\r\n`, 'latin1');
    for (const [data, encoding] of chunks) this._send(data, encoding);
    this._send('\r\n', 'latin1', (error) => {
      for (const callback of callbacks) callback(error);
    });
    this.#corkedChunks = [];
    this.#corkedLength = 0;
    if (this.writableLength === 0) this._drained();
  }

  write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    const isShort = typeof encoding === 'function';
    const done = (isShort ? encoding : callback) as Done | undefined;
    const fine = this.#write(chunk, (isShort ? null : encoding) as Encoding, done, false);
    if (!fine) this.#needsDrain = true;
    return fine;
  }

  #refuse(error: Error, done: Done): boolean {
    if (this.destroyed) {
      nextTick(done as () => void, error);
      return false;
    }
    nextTick(() => {
      done(error);
      if (!this.destroyed) this.emit('error', error);
    });
    return false;
  }

  #checkLength(length: number, isLast: boolean): void {
    if (!this.strictContentLength) return;
    const written = this.#bytesWritten + length;
    const promised = this._contentLength ?? written;
    if (this.#isStrict() && (isLast ? written !== promised : written > promised)) {
      throw lengthMismatch(written, promised);
    }
    this.#bytesWritten = written;
  }

  #isStrict(): boolean {
    if (!this.strictContentLength || this._contentLength === null || !this._hasBody) return false;
    return !this._removedContLen && !this.chunkedEncoding && !this.hasHeader('transfer-encoding');
  }

  #write(chunk: unknown, encoding: Encoding, callback: Done | undefined, isLast: boolean): boolean {
    const done = typeof callback === 'function' ? callback : noCallback;
    assertChunk(chunk);
    if (this.finished) return this.#refuse(writeAfterEnd(), done);
    if (this.destroyed) return this.#refuse(destroyed('write'), done);
    const length = lengthOf(chunk, encoding);
    this.#checkLength(length, isLast);
    if (this._header === null) {
      if (isLast) this._contentLength = length;
      this._implicitHeader();
    }
    if (!this._hasBody) {
      nextTick(done as () => void);
      return true;
    }
    if (!isLast) this.#corkForNow();
    if (!this.chunkedEncoding || length === 0) return this._send(chunk, encoding, done);
    return this.#writeChunk(chunk, encoding, done, length);
  }

  /** What is written in one turn goes out as one. */
  #corkForNow(): void {
    const socket = this.#socket;
    if (!socket || socket.writableCorked) return;
    socket.cork();
    nextTick(() => socket.uncork());
  }

  #writeChunk(chunk: Data, encoding: Encoding, done: Done, length: number): boolean {
    if (this.#corked > 0 && this._headerSent) {
      this.#corkedChunks.push([chunk, encoding, done]);
      this.#corkedLength += length;
      return this.#corkedLength < this._highWaterMark;
    }
    this._send(`${length.toString(16)}\r\n`, 'latin1');
    this._send(chunk, encoding);
    return this._send('\r\n', 'latin1', done);
  }

  end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    const done = [chunk, encoding, callback].find((arg) => typeof arg === 'function') as Done | undefined;
    const data = typeof chunk === 'function' ? undefined : chunk;
    if (data) {
      if (this.finished) {
        this.#refuse(writeAfterEnd(), done ?? noCallback);
        return this;
      }
      this.#socket?.cork();
    } else if (this.finished) {
      if (done) this.#whenEnded(done);
      return this;
    }
    this.#writeLast(data, (typeof encoding === 'function' ? null : encoding) as Encoding, done);
    if (this.#socket) {
      this.#socket._writableState.corked = 1;
      this.#socket.uncork();
    }
    this.#corked = 1;
    this.uncork();
    this.finished = true;
    if (this.outputData.length === 0 && this.#socket?._httpMessage === this) this._finish();
    return this;
  }

  /** The last piece, with the end of the body behind it. */
  #writeLast(data: unknown, encoding: Encoding, done: Done | undefined): void {
    const onWritten = (error?: Error | null): void => this.#onWritten(error);
    let isTold = false;
    if (data) {
      assertChunk(data);
      if (this._header === null && !this.destroyed && !this.strictContentLength) {
        this._contentLength = lengthOf(data, encoding);
        this._implicitHeader();
      }
      isTold = this._header !== null && this._hasBody && !this.chunkedEncoding && !this.destroyed;
      if (done && isTold) this.#whenEnded(done);
      this.#write(data, encoding, isTold ? onWritten : undefined, true);
    } else if (this._header === null) {
      this.#socket?.cork();
      this._contentLength = 0;
      this._implicitHeader();
    }
    if (done && !isTold) this.#whenEnded(done);
    if (this.#isStrict() && this.#bytesWritten !== this._contentLength) {
      throw lengthMismatch(this.#bytesWritten, this._contentLength as number);
    }
    if (isTold) return;
    if (this._hasBody && this.chunkedEncoding) this._send(`0\r\n${this._trailer}\r\n`, 'latin1', onWritten);
    else if (!this._headerSent || this.writableLength > 0 || data) this._send('', 'latin1', onWritten);
    else nextTick(onWritten as () => void);
  }

  #whenEnded(callback: Done): void {
    if (this.#isWritten) {
      const message = 'Cannot call end after a stream was finished';
      callback(nodeError(Error, 'ERR_STREAM_ALREADY_FINISHED', message));
    } else if (this.#endFailure !== null) nextTick(callback as () => void, this.#endFailure);
    else this.#endCallbacks.push(callback);
  }

  #onWritten(error?: Error | null): void {
    const socket = this.#socket;
    const failed = error || this.#errored || socket?.errored || socket?._hadError;
    if (failed) this.#endFailure = error ?? this.#errored ?? socket?.errored ?? destroyed('end');
    else this.#isWritten = true;
    for (const callback of this.#endCallbacks.splice(0)) callback(this.#endFailure);
    if (!failed) this.emit('finish');
  }

  _finish(): void {
    this.emit('prefinish');
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#errored = error;
    if (this.#socket) this.#socket.destroy(error);
    else
      nextTick(() => {
        if (this._closed) return;
        this._closed = true;
        this.emit('close');
      });
    return this;
  }

  override pipe<T>(): T {
    this.emit('error', nodeError(Error, 'ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'));
    return undefined as T;
  }
}
