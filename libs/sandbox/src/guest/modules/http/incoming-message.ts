/** `http.IncomingMessage`: a response as it comes in. */
import type { Socket } from '../net/socket.ts';
import { nextTick } from '../../ticks.ts';
import { Readable } from '../stream.ts';
import type { ClientRequest } from './client-request.ts';
import { connectionReset } from './validate.ts';

/** Headers of which only the first counts, as Node documents them. */
const FIRST_ONLY = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since ' +
    'last-modified location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

type Headers = Record<string, string | string[] | undefined>;

function addHeader(headers: Headers, rawName: string, value: string, join: boolean): void {
  const name = rawName.toLowerCase();
  const before = headers[name];
  if (name === 'set-cookie') headers[name] = [...((before as string[] | undefined) ?? []), value];
  else if (before === undefined) headers[name] = value;
  else if (join || !FIRST_ONLY.has(name)) headers[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
}

function gather(raw: readonly string[], join: boolean): Headers {
  const headers: Headers = {};
  for (let at = 0; at + 1 < raw.length; at += 2) addHeader(headers, raw[at] as string, raw[at + 1] as string, join);
  return headers;
}

function gatherDistinct(raw: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase();
    (headers[name] ??= []).push(raw[at + 1] as string);
  }
  return headers;
}

export class IncomingMessage extends Readable {
  socket: Socket | null;
  httpVersionMajor = 0;
  httpVersionMinor = 0;
  httpVersion = '';
  complete = false;
  rawHeaders: readonly string[] = [];
  rawTrailers: readonly string[] = [];
  joinDuplicateHeaders = false;
  aborted = false;
  upgrade = false;
  url = '';
  method: string | null = null;
  statusCode: number | null = null;
  statusMessage: string | null = null;
  client: unknown;
  req!: ClientRequest;
  _dumped = false;
  _consuming = false;
  #headers: Headers | undefined;
  #trailers: Headers | undefined;

  constructor(socket: Socket | null) {
    super(socket ? { highWaterMark: (socket as { readableHighWaterMark?: number }).readableHighWaterMark ?? 65536 } : {});
    this.socket = socket;
    this.client = socket;
  }

  get connection(): Socket | null {
    return this.socket;
  }
  set connection(socket: Socket | null) {
    this.socket = socket;
  }
  get headers(): Headers {
    this.#headers ??= gather(this.rawHeaders, this.joinDuplicateHeaders);
    return this.#headers;
  }
  set headers(headers: Headers) {
    this.#headers = headers;
  }
  get headersDistinct(): Record<string, string[]> {
    return gatherDistinct(this.rawHeaders);
  }
  get trailers(): Headers {
    this.#trailers ??= gather(this.rawTrailers, this.joinDuplicateHeaders);
    return this.#trailers;
  }
  set trailers(trailers: Headers) {
    this.#trailers = trailers;
  }
  get trailersDistinct(): Record<string, string[]> {
    return gatherDistinct(this.rawTrailers);
  }
  /** Trailers came after `trailers` may have been looked at. */
  _setTrailers(raw: readonly string[]): void {
    this.rawTrailers = raw;
    this.#trailers = undefined;
  }

  setTimeout(timeoutMs: number, callback?: () => void): this {
    if (callback) this.on('timeout', callback);
    this.socket?.setTimeout(timeoutMs);
    return this;
  }

  override _read(): void {
    this._consuming = true;
    if (this.socket?.readable) this.socket.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
    }
    const finish = (found: Error | null): void => {
      nextTick(() => done(this.listenerCount('error') > 0 ? found : null));
    };
    const { socket } = this;
    if (socket === null || socket.destroyed || !this.aborted) {
      finish(error);
      return;
    }
    socket.once('close', () => finish(error));
    socket.destroy(error ?? undefined);
  }

  /** Reads on without anybody who listens, so that the connection is free for the next request. */
  _dump(): void {
    if (this._dumped) return;
    this._dumped = true;
    this.removeAllListeners('data');
    this.resume();
  }

  /** The connection went before the message was whole. */
  _abort(): void {
    this.destroy(connectionReset('aborted'));
  }
}
