/** Reads the first line of a response byte by byte. */
import { BYTE, CHARACTERS, isDigit, parseError } from './parse-error.ts';

const PROTOCOLS = ['HTTP', 'RTSP', 'ICE'];
const VERSIONS = new Set(['0.9', '1.0', '1.1', '2.0']);

type State = 'protocol' | 'slash' | 'major' | 'dot' | 'minor' | 'space' | 'code' | 'after code' | 'message' | 'lf';

export class StatusLine {
  versionMajor = 0;
  versionMinor = 0;
  statusCode = 0;
  statusMessage = '';
  readonly #maxBytes: number;
  #state: State = 'protocol';
  #protocol = '';
  #digits = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes one byte; true when it ended the line. Throws a `ParseError`. */
  take(byte: number): boolean {
    if (this.#state === 'lf') {
      if (byte !== BYTE.lf) throw parseError('STRICT', 'Expected LF after CR');
      return true;
    }
    if (this.#state === 'protocol' || this.#state === 'slash') this.#onProtocol(byte);
    else if (this.#state === 'message') this.#onMessage(byte);
    else if (this.#state === 'code' || this.#state === 'after code') this.#onCode(byte);
    else this.#onVersion(byte);
    return false;
  }

  #onProtocol(byte: number): void {
    const grown = this.#protocol + CHARACTERS[byte];
    if (this.#state === 'slash' ? byte !== 47 : !PROTOCOLS.some((word) => word.startsWith(grown))) {
      throw parseError('INVALID_CONSTANT', 'Expected HTTP/, RTSP/ or ICE/');
    }
    this.#protocol = grown;
    if (this.#state === 'slash') this.#state = 'major';
    else if (PROTOCOLS.includes(grown)) this.#state = 'slash';
  }

  #onVersion(byte: number): void {
    if (this.#state === 'major') {
      if (!isDigit(byte)) throw parseError('INVALID_VERSION', 'Invalid major version');
      this.versionMajor = byte - 48;
      this.#state = 'dot';
    } else if (this.#state === 'dot') {
      if (byte !== 46) throw parseError('INVALID_VERSION', 'Expected dot');
      this.#state = 'minor';
    } else if (this.#state === 'minor') {
      if (!isDigit(byte)) throw parseError('INVALID_VERSION', 'Invalid minor version');
      this.versionMinor = byte - 48;
      if (!VERSIONS.has(`${this.versionMajor}.${this.versionMinor}`)) {
        throw parseError('INVALID_VERSION', 'Invalid HTTP version', true);
      }
      this.#state = 'space';
    } else {
      if (byte !== BYTE.space) throw parseError('INVALID_VERSION', 'Expected space after version');
      this.#state = 'code';
    }
  }

  #onCode(byte: number): void {
    if (this.#state === 'code') {
      if (!isDigit(byte)) throw parseError('INVALID_STATUS', 'Invalid status code');
      this.statusCode = this.statusCode * 10 + byte - 48;
      this.#digits += 1;
      if (this.#digits === 3) this.#state = 'after code';
    } else if (byte === BYTE.space) this.#state = 'message';
    else if (byte === BYTE.cr) this.#state = 'lf';
    else throw parseError('INVALID_STATUS', 'Invalid response status', byte === BYTE.lf);
  }

  #onMessage(byte: number): void {
    if (byte === BYTE.cr) this.#state = 'lf';
    else if (byte === BYTE.lf) throw parseError('CR_EXPECTED', 'Missing expected CR after response line', true);
    else {
      this.statusMessage += CHARACTERS[byte];
      if (this.statusMessage.length >= this.#maxBytes) throw parseError('HEADER_OVERFLOW', 'Header overflow');
    }
  }
}
