/**
 * Reads HTTP/1 responses from a connection's bytes, as strictly as Node's own parser does and with its error codes
 * (llhttp: `HPE_…`). It holds no more than one head at a time, which is limited to `maxHeaderSize` bytes.
 */
import { ChunkLine } from './chunk-line.ts';
import { HeaderBlock, nothingTold, type Told } from './header-block.ts';
import { BYTE, isParseError, type ParseError, parseError } from './parse-error.ts';
import { StatusLine } from './status-line.ts';

export type ResponseHead = {
  readonly versionMajor: number;
  readonly versionMinor: number;
  readonly statusCode: number;
  readonly statusMessage: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly shouldKeepAlive: boolean;
  readonly upgrade: boolean;
};

export type ParserEvents = {
  /** Says what follows: a body as the headers tell, no body at all, or another protocol. */
  readonly onHead: (head: ResponseHead) => 'body' | 'no body' | 'upgrade';
  readonly onBody: (bytes: Buffer) => void;
  /** The message is whole; its trailers, names and values in turn. */
  readonly onComplete: (rawTrailers: readonly string[]) => void;
};

type State =
  | 'start'
  | 'status line'
  | 'headers'
  | 'sized'
  | 'until end'
  | 'chunk line'
  | 'chunk'
  | 'chunk cr'
  | 'chunk lf'
  | 'trailers'
  | 'upgraded'
  | 'closed';

const IN_BODY = new Set<State>(['sized', 'until end', 'chunk']);
const hasNoBody = (status: number): boolean => status < 200 || status === 204 || status === 304;

export class ResponseParser {
  readonly #events: ParserEvents;
  readonly #maxHeaderSize: number;
  #state: State = 'start';
  #line: StatusLine;
  #headers: HeaderBlock;
  #told: Told = nothingTold();
  #chunk = new ChunkLine();
  #left = 0;
  #skipsBody = false;

  constructor(events: ParserEvents, maxHeaderSize: number) {
    this.#events = events;
    this.#maxHeaderSize = maxHeaderSize;
    this.#line = new StatusLine(maxHeaderSize);
    this.#headers = this.#headerBlock(0, true);
  }

  /** Returns how many bytes it took (fewer than given after an upgrade), or what is wrong with them. */
  execute(bytes: Buffer): number | ParseError {
    let at = 0;
    try {
      while (at < bytes.length && this.#state !== 'upgraded') {
        if (IN_BODY.has(this.#state)) at = this.#takeBody(bytes, at);
        else {
          this.#takeByte(bytes[at] as number);
          at += 1;
        }
      }
      return at;
    } catch (error) {
      if (!isParseError(error)) throw error;
      error.bytesParsed += at;
      return error;
    }
  }

  /** The connection has ended, which completes a body that lasts until then. */
  finish(): void {
    if (this.#state === 'until end') this.#complete([]);
  }

  #headerBlock(bytes: number, isHead: boolean): HeaderBlock {
    return new HeaderBlock(this.#maxHeaderSize, bytes, this.#told, isHead);
  }

  #takeByte(byte: number): void {
    switch (this.#state) {
      case 'start':
        this.#onStart(byte);
        break;
      case 'status line':
        this.#onStatusLine(byte);
        break;
      case 'headers':
        if (this.#headers.take(byte)) this.#onHead();
        break;
      case 'trailers':
        if (this.#headers.take(byte)) this.#complete(this.#headers.raw);
        break;
      case 'chunk line':
        if (this.#chunk.take(byte)) this.#onChunkLine();
        break;
      case 'closed':
        if (byte === BYTE.cr || byte === BYTE.lf) break;
        throw parseError('CLOSED_CONNECTION', 'Data after `Connection: close`', true);
      default:
        this.#afterChunk(byte);
    }
  }

  #onStart(byte: number): void {
    if (byte === BYTE.cr || byte === BYTE.lf) return;
    this.#line = new StatusLine(this.#maxHeaderSize);
    this.#told = nothingTold();
    this.#skipsBody = false;
    this.#state = 'status line';
    this.#onStatusLine(byte);
  }

  #onStatusLine(byte: number): void {
    if (!this.#line.take(byte)) return;
    this.#headers = this.#headerBlock(this.#line.statusMessage.length, true);
    this.#state = 'headers';
  }

  /** Whether only the end of the connection ends the message. */
  #needsEnd(): boolean {
    if (hasNoBody(this.#line.statusCode) || this.#skipsBody) return false;
    if (this.#told.hasEncoding && !this.#told.isChunked) return true;
    return !this.#told.isChunked && this.#told.contentLength === undefined;
  }

  #shouldKeepAlive(): boolean {
    const { connection } = this.#told;
    const { versionMajor, versionMinor } = this.#line;
    const wanted = versionMajor > 0 && versionMinor > 0 ? !connection.close : connection.keepAlive;
    return wanted && !this.#needsEnd();
  }

  #onHead(): void {
    const { versionMajor, versionMinor, statusCode, statusMessage } = this.#line;
    const told = this.#told;
    const upgrade = told.hasUpgrade && told.connection.upgrade && statusCode === 101;
    const next = this.#events.onHead({
      versionMajor,
      versionMinor,
      statusCode,
      statusMessage,
      rawHeaders: this.#headers.raw,
      shouldKeepAlive: this.#shouldKeepAlive(),
      upgrade,
    });
    this.#skipsBody = next !== 'body';
    // After 101 there is another protocol, whether the headers name it or not.
    if (next === 'upgrade' || statusCode === 101) {
      this.#state = 'upgraded';
      this.#events.onComplete([]);
    } else this.#startBody(statusCode);
  }

  #startBody(statusCode: number): void {
    const { hasEncoding, isChunked, contentLength } = this.#told;
    if (this.#skipsBody || hasNoBody(statusCode)) this.#complete([]);
    else if (isChunked) {
      this.#chunk = new ChunkLine();
      this.#state = 'chunk line';
    } else if (hasEncoding || contentLength === undefined) this.#state = 'until end';
    else if (contentLength === 0) this.#complete([]);
    else {
      this.#left = contentLength;
      this.#state = 'sized';
    }
  }

  #onChunkLine(): void {
    this.#left = this.#chunk.size;
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    if (this.#left === 0) this.#headers = this.#headerBlock(0, false);
  }

  #afterChunk(byte: number): void {
    if (this.#state === 'chunk cr' && byte === BYTE.cr) this.#state = 'chunk lf';
    else if (this.#state === 'chunk lf' && byte === BYTE.lf) {
      this.#chunk = new ChunkLine();
      this.#state = 'chunk line';
    } else if (this.#state === 'chunk cr' && byte === BYTE.lf) {
      throw parseError('CR_EXPECTED', 'Missing expected CR after chunk data', true);
    } else throw parseError('STRICT', 'Expected LF after chunk data');
  }

  #complete(rawTrailers: readonly string[]): void {
    this.#state = this.#shouldKeepAlive() ? 'start' : 'closed';
    this.#events.onComplete(rawTrailers);
  }

  #takeBody(bytes: Buffer, from: number): number {
    const state = this.#state;
    const end = state === 'until end' ? bytes.length : Math.min(bytes.length, from + this.#left);
    this.#left -= end - from;
    if (this.#left === 0 && state === 'chunk') this.#state = 'chunk cr';
    this.#events.onBody(bytes.subarray(from, end));
    if (this.#left === 0 && state === 'sized') this.#complete([]);
    return end;
  }
}
