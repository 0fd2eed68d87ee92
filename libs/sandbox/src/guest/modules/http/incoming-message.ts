/** `http.IncomingMessage`: a response as it comes in. */
import { nextTick } from '../../ticks.ts';
import { Readable, stream } from '../stream.ts';
import {
  addDistinct,
  addHeader,
  type DistinctHeaders,
  gather,
  gatherDistinct,
  type Headers,
} from './incoming-headers.ts';
import type { MarkedSocket } from './outgoing-message.ts';

export class IncomingMessage extends Readable {
  socket: MarkedSocket | null;
  httpVersionMajor: number | null = null;
  httpVersionMinor: number | null = null;
  httpVersion: string | null = null;
  complete = false;
  rawHeaders: readonly string[] = [];
  rawTrailers: readonly string[] = [];
  joinDuplicateHeaders = false;
  aborted = false;
  upgrade: boolean | null = null;
  url = '';
  method: string | null = null;
  statusCode: number | null = null;
  statusMessage: string | null = null;
  client: MarkedSocket | null;
  _consuming = false;
  _dumped = false;
  /** What comes now belongs to another message. */
  _skipsData = false;
  declare req: unknown;
  /** The headers that count, where there are more than the request wanted. */
  #counted: readonly string[] = [];
  #headers: Headers | undefined;
  #headersDistinct: DistinctHeaders | undefined;
  #trailers: Headers | undefined;
  #trailersDistinct: DistinctHeaders | undefined;
  #abort: AbortController | undefined;
  #isDetached = false;

  constructor(socket?: MarkedSocket) {
    super(socket ? { highWaterMark: socket.readableHighWaterMark } : undefined);
    // Nobody reads ahead before somebody reads.
    (this as unknown as { _readableState: { readingMore: boolean } })._readableState.readingMore = true;
    this.socket = socket as MarkedSocket;
    this.client = socket as MarkedSocket;
  }

  get connection(): MarkedSocket | null {
    return this.socket;
  }
  set connection(socket: MarkedSocket | null) {
    this.socket = socket;
  }
  get headers(): Headers {
    this.#headers ??= gather(this.#counted, this.joinDuplicateHeaders);
    return this.#headers;
  }
  set headers(headers: Headers) {
    this.#headers = headers;
  }
  get headersDistinct(): DistinctHeaders {
    this.#headersDistinct ??= gatherDistinct(this.#counted);
    return this.#headersDistinct;
  }
  set headersDistinct(headers: DistinctHeaders) {
    this.#headersDistinct = headers;
  }
  get trailers(): Headers {
    this.#trailers ??= gather(this.rawTrailers, this.joinDuplicateHeaders);
    return this.#trailers;
  }
  set trailers(trailers: Headers) {
    this.#trailers = trailers;
  }
  get trailersDistinct(): DistinctHeaders {
    this.#trailersDistinct ??= gatherDistinct(this.rawTrailers);
    return this.#trailersDistinct;
  }
  set trailersDistinct(trailers: DistinctHeaders) {
    this.#trailersDistinct = trailers;
  }

  /** Fires when the connection goes before the message is whole. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    const { socket } = this;
    if (this.destroyed ? !(this.readableEnded && this.complete) : socket?.destroyed) this.#abort.abort();
    else if (!this.#isDetached) socket?.once('close', () => this.#fireSignal());
    return this.#abort.signal;
  }
  #fireSignal(): void {
    if (!this.#isDetached) this.#abort?.abort();
  }
  /** The message is whole: its signal will never fire. */
  _detachSignal(): void {
    this.#isDetached = true;
  }

  /** Takes headers as the parser found them, of which the first `count` strings matter; they are trailers once the message is whole. */
  _addHeaderLines(raw: readonly string[], count: number): void {
    if (raw.length === 0) return;
    if (!this.complete) {
      this.rawHeaders = raw;
      this.#counted = raw.slice(0, count);
      return;
    }
    this.rawTrailers = raw;
    this.#trailers = undefined;
    this.#trailersDistinct = undefined;
  }
  _addHeaderLine(name: string, value: string, headers: Headers): void {
    addHeader(headers, name, value, this.joinDuplicateHeaders);
  }
  _addHeaderLineDistinct(name: string, value: string, headers: DistinctHeaders): void {
    addDistinct(headers, name, value);
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback) this.on('timeout', callback);
    (this.socket as MarkedSocket).setTimeout(timeoutMs);
    return this;
  }

  override _read(): void {
    if (!this._consuming) {
      (this as unknown as { _readableState: { readingMore: boolean } })._readableState.readingMore = false;
      this._consuming = true;
    }
    if (this.socket?.readable) this.socket.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
      this.#fireSignal();
    }
    const finish = (found: Error | null | undefined): void => {
      nextTick(() => done(this.listenerCount('error') > 0 ? found : null));
    };
    const { socket } = this;
    if (socket === null || socket === undefined || socket.destroyed || !this.aborted) {
      finish(error);
      return;
    }
    socket.destroy(error ?? undefined);
    const forget = stream.finished(socket, (found) => {
      forget();
      finish((found as { code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? error : (found ?? error));
    });
  }

  /** Reads on without anybody who listens, so that the connection is free for the next request. */
  _dump(): void {
    if (this._dumped) return;
    this._dumped = true;
    this.removeAllListeners('data');
    this.resume();
  }
}
