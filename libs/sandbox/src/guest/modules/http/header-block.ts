/** Reads a block of headers (of a head, or trailers) byte by byte, as strictly as Node's own parser does. */
import { BYTE, CHARACTERS, IS_TOKEN, IS_VALUE, isDigit, parseError } from './parse-error.ts';

const MAX_LENGTH = 2 ** 64;
const SPECIAL = new Set(['connection', 'content-length', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** What the headers read so far say about the message. */
export type Told = {
  contentLength: number | undefined;
  hasEncoding: boolean;
  isChunked: boolean;
  hasUpgrade: boolean;
  connection: { readonly close: boolean; readonly keepAlive: boolean; readonly upgrade: boolean };
};

export const nothingTold = (): Told => ({
  contentLength: undefined,
  hasEncoding: false,
  isChunked: false,
  hasUpgrade: false,
  connection: { close: false, keepAlive: false, upgrade: false },
});

type State = 'line' | 'name' | 'before value' | 'value' | 'value lf' | 'empty lf' | 'after value' | 'end lf';

export class HeaderBlock {
  /** Names and values in turn. */
  readonly raw: string[] = [];
  readonly told: Told;
  readonly #maxBytes: number;
  #bytes: number;
  #state: State = 'line';
  #isFirst: boolean;
  #name = '';
  #value = '';
  #lengthEnded = false;
  #length = 0;

  /** `bytes` is what counts against the limit already; `isHead` tells a head from trailers. */
  constructor(maxBytes: number, bytes: number, told: Told, isHead: boolean) {
    this.#maxBytes = maxBytes;
    this.#bytes = bytes;
    this.told = told;
    this.#isFirst = isHead;
  }

  /** Takes one byte; true when it ended the block. Throws a `ParseError`. */
  take(byte: number): boolean {
    switch (this.#state) {
      case 'line':
        this.#onLine(byte);
        return false;
      case 'name':
        this.#onName(byte);
        return false;
      case 'before value':
        this.#beforeValue(byte);
        return false;
      case 'value':
        this.#onValue(byte);
        return false;
      case 'value lf':
        if (byte !== BYTE.lf) throw parseError('LF_EXPECTED', 'Missing expected LF after header value');
        this.#state = 'after value';
        return false;
      case 'empty lf':
        if (byte !== BYTE.lf) throw parseError('STRICT', 'Expected LF after CR');
        this.#state = 'after value';
        return false;
      case 'after value':
        this.#afterValue(byte);
        return false;
      default:
        if (byte !== BYTE.lf) throw parseError('STRICT', 'Expected LF after headers');
        return true;
    }
  }

  #count(): void {
    this.#bytes += 1;
    if (this.#bytes >= this.#maxBytes) throw parseError('HEADER_OVERFLOW', 'Header overflow');
  }

  #onLine(byte: number): void {
    if (this.#isFirst && byte === BYTE.space) {
      throw parseError('UNEXPECTED_SPACE', 'Unexpected space after start line', true);
    }
    this.#isFirst = false;
    if (byte === BYTE.cr) this.#state = 'end lf';
    else if (byte === BYTE.lf) throw parseError('INVALID_HEADER_TOKEN', 'Invalid header field char', true);
    else if (byte === BYTE.colon) throw parseError('INVALID_HEADER_TOKEN', 'Invalid header token');
    else {
      this.#state = 'name';
      this.#name = '';
      this.#onName(byte);
    }
  }

  #onName(byte: number): void {
    if (IS_TOKEN[byte]) {
      this.#count();
      this.#name += CHARACTERS[byte];
    } else if (byte === BYTE.colon) this.#onNameEnd();
    else if (byte === BYTE.space && SPECIAL.has(this.#name.toLowerCase())) {
      throw parseError('INVALID_HEADER_TOKEN', 'Invalid header field char', true);
    } else throw parseError('INVALID_HEADER_TOKEN', 'Invalid header token');
  }

  #onNameEnd(): void {
    const name = this.#name.toLowerCase();
    if (name === 'transfer-encoding' && this.told.contentLength !== undefined) {
      const reason = "Transfer-Encoding can't be present with Content-Length";
      throw parseError('INVALID_TRANSFER_ENCODING', reason, true);
    }
    if (name === 'content-length' && this.told.hasEncoding) {
      const reason = "Content-Length can't be present with Transfer-Encoding";
      throw parseError('INVALID_CONTENT_LENGTH', reason, true);
    }
    this.#state = 'before value';
    this.#value = '';
  }

  #beforeValue(byte: number): void {
    if (byte === BYTE.space || byte === BYTE.tab) return;
    if (byte === BYTE.cr) this.#state = 'empty lf';
    else if (byte === BYTE.lf) throw parseError('INVALID_HEADER_TOKEN', 'Invalid header value char', true);
    else {
      this.#onValueStart();
      this.#onValue(byte);
    }
  }

  #onValueStart(): void {
    const name = this.#name.toLowerCase();
    this.#state = 'value';
    if (name === 'upgrade') this.told.hasUpgrade = true;
    else if (name === 'transfer-encoding') {
      this.told.hasEncoding = true;
      this.told.isChunked = false;
    } else if (name === 'content-length') {
      if (this.told.contentLength !== undefined) {
        throw parseError('UNEXPECTED_CONTENT_LENGTH', 'Duplicate Content-Length');
      }
      this.#length = 0;
      this.#lengthEnded = false;
    }
  }

  #onValue(byte: number): void {
    if (byte === BYTE.cr) this.#state = 'value lf';
    else if (byte === BYTE.lf) throw parseError('CR_EXPECTED', 'Missing expected CR after header value');
    else {
      if (this.#name.length === 14 && this.#name.toLowerCase() === 'content-length') this.#onLengthByte(byte);
      else if (!IS_VALUE[byte]) throw parseError('INVALID_HEADER_TOKEN', 'Invalid header value char');
      this.#count();
      this.#value += CHARACTERS[byte];
    }
  }

  #onLengthByte(byte: number): void {
    const isSpace = byte === BYTE.space || byte === BYTE.tab;
    if (isSpace) this.#lengthEnded = true;
    else if (this.#lengthEnded || !isDigit(byte)) {
      throw parseError('INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length');
    } else {
      this.#length = this.#length * 10 + byte - 48;
      if (this.#length >= MAX_LENGTH) throw parseError('INVALID_CONTENT_LENGTH', 'Content-Length overflow', true);
    }
  }

  #afterValue(byte: number): void {
    const isEmpty = this.#value === '';
    if (byte === BYTE.space || byte === BYTE.tab) {
      const reason = isEmpty ? 'Invalid header value char' : 'Unexpected whitespace after header value';
      throw parseError('INVALID_HEADER_TOKEN', reason, isEmpty);
    }
    this.#heed(this.#name.toLowerCase());
    this.raw.push(this.#name, this.#value.replace(/[ \t]+$/, ''));
    this.#state = 'line';
    this.#onLine(byte);
  }

  #heed(name: string): void {
    const { told } = this;
    if (name === 'content-length') {
      if (this.#value === '') throw parseError('INVALID_CONTENT_LENGTH', 'Empty Content-Length');
      told.contentLength = this.#length;
    } else if (name === 'transfer-encoding') {
      if (this.#value === '') throw parseError('INVALID_TRANSFER_ENCODING', 'Empty Transfer-Encoding');
      told.isChunked = /(?:^|,[ \t]*)chunked *$/i.test(this.#value);
    } else if (name === 'connection' || name === 'proxy-connection') {
      const tokens = this.#value.split(',').map((token) => token.trim().toLowerCase());
      told.connection = {
        close: told.connection.close || tokens.includes('close'),
        keepAlive: told.connection.keepAlive || tokens.includes('keep-alive'),
        upgrade: told.connection.upgrade || tokens.includes('upgrade'),
      };
    }
  }
}
