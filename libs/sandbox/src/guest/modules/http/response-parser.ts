/**
 * Reads HTTP/1 responses from a connection's bytes, as strictly as Node's own parser does and with its error codes
 * (llhttp: `HPE_…`). It holds no more than one line at a time; a head is limited to `maxHeaderSize` bytes.
 */
import { Buffer } from '../buffer.ts';

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
  readonly onTrailers: (rawTrailers: readonly string[]) => void;
  readonly onComplete: () => void;
};

export type ParseError = Error & { readonly code: string; readonly reason: string; bytesParsed?: number };

type State = 'start' | 'headers' | 'sized' | 'chunk size' | 'chunk' | 'chunk end' | 'trailers' | 'until end' | 'upgraded';

const LINE_FEED = 10;
const CHUNK_LINE_MAX = 16 * 1024;
const STATUS_LINE = /^HTTP\/(\d)\.(\d) (\d{3})(?: (.*))?$/;
const HEADER_LINE = /^([\^_`a-zA-Z\-0-9!#$%&'*+.|~]+):[ \t]*(.*?)[ \t]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL_CHARACTER = /[\x00-\x08\x0a-\x1f\x7f]/;

function parseError(code: string, reason: string): ParseError {
  return Object.assign(new Error(`Parse Error: ${reason}`), { code, reason });
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

/** The length that the headers give, `undefined` when they give none. Throws on one that cannot be. */
function lengthOf(rawHeaders: readonly string[], isChunked: boolean): number | undefined {
  const lengths = valuesOf(rawHeaders, 'content-length');
  if (lengths.length === 0) return undefined;
  if (lengths.length > 1) throw parseError('HPE_UNEXPECTED_CONTENT_LENGTH', 'Content-Length already present');
  if (!/^\d{1,15}$/.test(lengths[0] as string)) {
    throw parseError('HPE_INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length');
  }
  if (isChunked) {
    throw parseError('HPE_INVALID_CONTENT_LENGTH', "Content-Length can't be present with Transfer-Encoding");
  }
  return Number(lengths[0]);
}

const hasToken = (rawHeaders: readonly string[], name: string, token: string): boolean =>
  valuesOf(rawHeaders, name).some((value) => value.toLowerCase().split(/[ \t]*,[ \t]*/).includes(token));

/** The header in one line of a head or of trailers. Throws when it is none. */
function headerOf(line: string, isFirst: boolean): [name: string, value: string] {
  if (/^[ \t]/.test(line) && !isFirst) {
    throw parseError('HPE_INVALID_HEADER_TOKEN', 'Unexpected whitespace after header value');
  }
  const match = HEADER_LINE.exec(line);
  if (match === null) throw parseError('HPE_INVALID_HEADER_TOKEN', 'Invalid header token');
  const [, name = '', value = ''] = match;
  if (CONTROL_CHARACTER.test(value)) throw parseError('HPE_INVALID_HEADER_TOKEN', 'Invalid header value char');
  return [name, value];
}

/** How a body's end is told: its length, its chunks or the end of the connection. */
type Framing = number | 'chunk size' | 'until end';

function framingOf(statusCode: number, rawHeaders: readonly string[]): Framing {
  const encodings = valuesOf(rawHeaders, 'transfer-encoding');
  const length = lengthOf(rawHeaders, encodings.length > 0);
  if (statusCode < 200 || statusCode === 204 || statusCode === 304) return 0;
  if (/(?:^|,)[ \t]*chunked$/i.test(encodings.at(-1) ?? '')) return 'chunk size';
  return encodings.length > 0 ? 'until end' : (length ?? 'until end');
}

function readHead(
  status: RegExpExecArray,
  rawHeaders: readonly string[],
): { readonly framing: Framing; readonly head: ResponseHead } {
  const [, major, minor, code, statusMessage = ''] = status;
  const statusCode = Number(code);
  const [versionMajor, versionMinor] = [Number(major), Number(minor)];
  const framing = framingOf(statusCode, rawHeaders);
  const persistent =
    versionMajor > 0 && versionMinor > 0
      ? !hasToken(rawHeaders, 'connection', 'close')
      : hasToken(rawHeaders, 'connection', 'keep-alive');
  const shouldKeepAlive = persistent && framing !== 'until end';
  const upgrade = statusCode === 101;
  return {
    framing,
    head: { versionMajor, versionMinor, statusCode, statusMessage, rawHeaders, shouldKeepAlive, upgrade },
  };
}

export class ResponseParser {
  readonly #events: ParserEvents;
  readonly #maxHeaderSize: number;
  #state: State = 'start';
  #rest = '';
  #headBytes = 0;
  #status: RegExpExecArray | null = null;
  #rawHeaders: string[] = [];
  #left = 0;

  constructor(events: ParserEvents, maxHeaderSize: number) {
    this.#events = events;
    this.#maxHeaderSize = maxHeaderSize;
  }

  /** Returns how many bytes it took (fewer than given after an upgrade), or what is wrong with them. */
  execute(bytes: Buffer): number | ParseError {
    let at = 0;
    try {
      while (at < bytes.length && this.#state !== 'upgraded') {
        at = this.#isInBody() ? this.#takeBody(bytes, at) : this.#takeLine(bytes, at);
      }
      return at;
    } catch (error) {
      if (typeof (error as ParseError).reason !== 'string') throw error;
      return Object.assign(error as ParseError, { bytesParsed: at });
    }
  }

  /** The connection has ended: completes a body that lasts until then, or says what is missing. */
  finish(): ParseError | undefined {
    if (this.#state === 'until end') this.#complete();
    else if (this.#state !== 'start' && this.#state !== 'upgraded') {
      return parseError('HPE_INVALID_EOF_STATE', 'Invalid EOF state');
    }
    return undefined;
  }

  #isInBody(): boolean {
    return this.#state === 'sized' || this.#state === 'chunk' || this.#state === 'until end';
  }

  #complete(): void {
    this.#state = 'start';
    this.#headBytes = 0;
    this.#events.onComplete();
  }

  /** Takes one line, or what there is of it; returns where it ended. */
  #takeLine(bytes: Buffer, from: number): number {
    const found = bytes.indexOf(LINE_FEED, from);
    const end = found < 0 ? bytes.length : found + 1;
    this.#headBytes += end - from;
    this.#assertRoom();
    this.#rest += bytes.latin1Slice(from, found < 0 ? end : found);
    if (found < 0) {
      // What cannot become a status line is told from its first bytes, as it may never end.
      if (this.#state === 'start' && !'HTTP/'.startsWith(this.#rest.slice(0, 5))) this.#onStatusLine(this.#rest);
      return end;
    }
    const line = this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest;
    this.#rest = '';
    this.#onLine(line);
    return end;
  }

  #assertRoom(): void {
    if (this.#state === 'chunk size' || this.#state === 'chunk end') {
      if (this.#headBytes <= CHUNK_LINE_MAX) return;
      throw parseError('HPE_CHUNK_EXTENSIONS_OVERFLOW', 'Chunk extensions overflow');
    }
    if (this.#headBytes > this.#maxHeaderSize) throw parseError('HPE_HEADER_OVERFLOW', 'Header overflow');
  }

  #onLine(line: string): void {
    if (this.#state === 'start') {
      if (line !== '') this.#onStatusLine(line);
    } else if (this.#state === 'chunk size') this.#onChunkSize(line);
    else if (this.#state === 'chunk end') {
      if (line !== '') throw parseError('HPE_STRICT', 'Expected LF after chunk data');
      this.#state = 'chunk size';
    } else if (line !== '') this.#rawHeaders.push(...headerOf(line, this.#rawHeaders.length === 0));
    else if (this.#state === 'headers') this.#onHeadEnd();
    else this.#onTrailersEnd();
  }

  #onStatusLine(line: string): void {
    this.#status = STATUS_LINE.exec(line);
    if (this.#status === null) throw parseError('HPE_INVALID_CONSTANT', 'Expected HTTP/, RTSP/ or ICE/');
    this.#state = 'headers';
  }

  #onHeadEnd(): void {
    const { framing, head } = readHead(this.#status as RegExpExecArray, this.#rawHeaders);
    this.#rawHeaders = [];
    const next = this.#events.onHead(head);
    if (next === 'upgrade') this.#state = 'upgraded';
    else if (next === 'no body' || framing === 0) this.#complete();
    else if (typeof framing === 'number') {
      this.#left = framing;
      this.#state = 'sized';
    } else this.#state = framing;
  }

  #onChunkSize(line: string): void {
    const match = /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line);
    if (match === null) throw parseError('HPE_INVALID_CHUNK_SIZE', 'Invalid character in chunk size');
    this.#left = Number.parseInt(match[1] as string, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    this.#headBytes = 0;
  }

  #onTrailersEnd(): void {
    const trailers = this.#rawHeaders;
    this.#rawHeaders = [];
    if (trailers.length > 0) this.#events.onTrailers(trailers);
    this.#complete();
  }

  #takeBody(bytes: Buffer, from: number): number {
    const state = this.#state;
    const end = state === 'until end' ? bytes.length : Math.min(bytes.length, from + this.#left);
    this.#left -= end - from;
    this.#events.onBody(bytes.subarray(from, end));
    if (state === 'until end' || this.#left > 0) return end;
    if (state === 'chunk') this.#state = 'chunk end';
    else this.#complete();
    return end;
  }
}
