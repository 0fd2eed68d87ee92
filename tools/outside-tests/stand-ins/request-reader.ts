/** Reads HTTP/1 requests for the servers of test files: as much of it as clients make use of. */
import http from 'node:http';

export type RequestHead = {
  readonly method: string;
  readonly url: string;
  readonly version: readonly [major: number, minor: number];
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly keepsAlive: boolean;
  readonly upgrades: boolean;
};
export type RequestEvents = {
  /** Says what follows: a body as the headers tell, or another protocol. */
  onHead(head: RequestHead): 'body' | 'upgrade';
  onBody(bytes: Buffer): void;
  onComplete(rawTrailers: readonly string[]): void;
};
export type RequestError = Error & { readonly code: string; readonly reason: string; bytesParsed: number };

type State = 'head' | 'sized' | 'chunk line' | 'chunk' | 'chunk end' | 'trailers' | 'upgraded';

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const END_OF_LINE = '\r\n';

const parseError = (code: string, reason: string): RequestError =>
  Object.assign(new Error(`Parse Error: ${reason}`), { code: `HPE_${code}`, reason, bytesParsed: 0 });

const fieldsOf = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon < 0 || !TOKEN.test(name)) throw parseError('INVALID_HEADER_TOKEN', 'Invalid header token');
    return [name, line.slice(colon + 1).trim()];
  });

const fieldOf = (raw: readonly string[], name: string): string =>
  raw.filter((_value, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === name).join(', ');

export class RequestReader {
  readonly #events: RequestEvents;
  readonly #maxHeadBytes: number;
  #state: State = 'head';
  #waiting: Buffer = Buffer.alloc(0);
  #left = 0;

  constructor(events: RequestEvents, maxHeadBytes: number) {
    this.#events = events;
    this.#maxHeadBytes = maxHeadBytes;
  }

  /** What was not read: after a switch of protocols it belongs to the other one. */
  get rest(): Buffer {
    return this.#waiting;
  }

  /** Returns what is wrong with the bytes, if anything is. */
  execute(bytes: Buffer): RequestError | undefined {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    try {
      let goesOn = true;
      while (goesOn) goesOn = this.#step();
      return undefined;
    } catch (error) {
      if (!String((error as RequestError).code).startsWith('HPE_')) throw error;
      return error as RequestError;
    }
  }

  /** The connection has ended, which must not be within a message. */
  finish(): RequestError | undefined {
    const isWhole = this.#state === 'upgraded' || (this.#state === 'head' && this.#waiting.length === 0);
    return isWhole ? undefined : parseError('INVALID_EOF_STATE', 'Invalid EOF state');
  }

  #step(): boolean {
    if (this.#state === 'upgraded') return false;
    if (this.#state === 'head') return this.#readHead();
    if (this.#state === 'trailers') return this.#readTrailers();
    if (this.#state === 'sized' || this.#state === 'chunk') return this.#readBody();
    return this.#readChunkLine();
  }

  #take(bytes: number): Buffer {
    const taken = this.#waiting.subarray(0, bytes);
    this.#waiting = this.#waiting.subarray(bytes);
    return taken;
  }

  #line(): string | undefined {
    const end = this.#waiting.indexOf(END_OF_LINE);
    return end < 0 ? undefined : this.#take(end + 2).toString('latin1', 0, end);
  }

  #assertBeginning(): void {
    const method = /^[^ ]*/.exec(this.#waiting.toString('latin1', 0, 20))?.[0] ?? '';
    const isKnown = http.METHODS.some((one) =>
      method.length < this.#waiting.length ? one === method : one.startsWith(method),
    );
    if (!isKnown) throw parseError('INVALID_METHOD', 'Invalid method encountered');
  }

  #readHead(): boolean {
    while (this.#waiting[0] === 13 || this.#waiting[0] === 10) this.#take(1);
    if (this.#waiting.length === 0) return false;
    this.#assertBeginning();
    const end = this.#waiting.indexOf('\r\n\r\n');
    if ((end < 0 ? this.#waiting.length : end) > this.#maxHeadBytes) {
      throw parseError('HEADER_OVERFLOW', 'Header overflow');
    }
    if (end < 0) return false;
    const [first = '', ...lines] = this.#take(end + 4)
      .toString('latin1', 0, end)
      .split(END_OF_LINE);
    const found = /^(\S+) +(\S+) +HTTP\/(\d)\.(\d)$/.exec(first);
    if (!found) throw parseError('INVALID_CONSTANT', 'Expected HTTP/');
    const [, method = '', url = '', major, minor] = found;
    this.#onHead(method, url, [Number(major), Number(minor)], fieldsOf(lines));
    return true;
  }

  #onHead(method: string, url: string, version: readonly [number, number], rawHeaders: readonly string[]): void {
    const connection = fieldOf(rawHeaders, 'connection').toLowerCase();
    const isNew = version[0] === 1 && version[1] === 1;
    const keepsAlive = isNew ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
    const asksForOther = fieldOf(rawHeaders, 'upgrade') !== '' && /\bupgrade\b/.test(connection);
    const upgrades = method === 'CONNECT' || asksForOther;
    const encoding = fieldOf(rawHeaders, 'transfer-encoding');
    const length = fieldOf(rawHeaders, 'content-length');
    if (length !== '' && !/^\d+$/.test(length))
      throw parseError('INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length');
    if (length !== '' && encoding !== '') {
      throw parseError('INVALID_TRANSFER_ENCODING', "Transfer-Encoding can't be present with Content-Length");
    }
    const isChunked = /\bchunked\s*$/i.test(encoding);
    if (encoding !== '' && !isChunked)
      throw parseError('INVALID_TRANSFER_ENCODING', 'Request has invalid `Transfer-Encoding`');
    const next = this.#events.onHead({ method, url, version, rawHeaders, keepsAlive, upgrades });
    this.#left = Number(length);
    if (next === 'upgrade') this.#state = 'upgraded';
    else if (isChunked) this.#state = 'chunk line';
    else if (this.#left > 0) this.#state = 'sized';
    else this.#complete([]);
  }

  #complete(rawTrailers: readonly string[]): void {
    this.#state = 'head';
    this.#events.onComplete(rawTrailers);
  }

  #readBody(): boolean {
    if (this.#waiting.length === 0) return false;
    const bytes = this.#take(Math.min(this.#left, this.#waiting.length));
    this.#left -= bytes.length;
    this.#events.onBody(bytes);
    if (this.#left > 0) return false;
    if (this.#state === 'sized') this.#complete([]);
    else this.#state = 'chunk end';
    return true;
  }

  #readChunkLine(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    if (this.#state === 'chunk end') {
      if (line !== '') throw parseError('STRICT', 'Expected LF after chunk data');
      this.#state = 'chunk line';
      return true;
    }
    const size = /^[\da-f]+/i.exec(line)?.[0];
    if (size === undefined) throw parseError('INVALID_CHUNK_SIZE', 'Invalid character in chunk size');
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    return true;
  }

  #readTrailers(): boolean {
    const isEmpty = this.#waiting.subarray(0, 2).toString() === END_OF_LINE;
    const end = isEmpty ? 0 : this.#waiting.indexOf('\r\n\r\n');
    if (end < 0) return false;
    const text = this.#take(isEmpty ? 2 : end + 4).toString('latin1', 0, end);
    this.#complete(isEmpty ? [] : fieldsOf(text.split(END_OF_LINE)));
    return true;
  }
}
