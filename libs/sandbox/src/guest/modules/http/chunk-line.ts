/** Reads the line before a chunk byte by byte: its size, and extensions, which nobody asks for. */
import { BYTE, IS_QUOTED, IS_TOKEN, IS_VALUE, parseError } from './parse-error.ts';

/** Of 64 bits, without zeros in front. */
const MAX_DIGITS = 16;
const MAX_EXTENSION_BYTES = 16 * 1024;

type State = 'first digit' | 'size' | 'extension' | 'name' | 'value' | 'quoted' | 'pair' | 'after quoted' | 'lf';

const hexOf = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
};

const strict = (where: string): Error => parseError('STRICT', `Invalid character in chunk extensions${where}`, true);

export class ChunkLine {
  size = 0;
  #state: State = 'first digit';
  #digits = 0;
  #extensionBytes = 0;

  /** Takes one byte; true when it ended the line. Throws a `ParseError`. */
  take(byte: number): boolean {
    if (this.#state === 'lf') {
      if (byte !== BYTE.lf) throw parseError('STRICT', 'Expected LF after chunk size');
      return true;
    }
    if (this.#state === 'first digit' || this.#state === 'size') this.#onSize(byte);
    else this.#onExtension(byte);
    return false;
  }

  #onSize(byte: number): void {
    const digit = hexOf(byte);
    if (digit >= 0) {
      this.size = this.size * 16 + digit;
      if (this.size > 0) this.#digits += 1;
      if (this.#digits > MAX_DIGITS) throw parseError('INVALID_CHUNK_SIZE', 'Chunk size overflow', true);
      this.#state = 'size';
    } else if (this.#state === 'size' && byte === BYTE.cr) this.#state = 'lf';
    else if (this.#state === 'size' && byte === BYTE.semicolon) this.#state = 'extension';
    else if (this.#state === 'size' && byte === BYTE.lf) {
      throw parseError('CR_EXPECTED', 'Missing expected CR after chunk size', true);
    } else {
      const taken = this.#state === 'size' && (byte === BYTE.space || byte === BYTE.tab);
      throw parseError('INVALID_CHUNK_SIZE', 'Invalid character in chunk size', taken);
    }
  }

  #onExtension(byte: number): void {
    if (this.#state === 'extension') {
      if (byte === BYTE.space || byte === BYTE.cr) throw strict('');
      this.#state = 'name';
    }
    if (this.#state === 'name') this.#onName(byte);
    else if (this.#state === 'value') this.#onValue(byte);
    else if (this.#state === 'after quoted') {
      if (!this.#isEnd(byte, 'value')) throw parseError('STRICT', 'Invalid character in chunk extensions quote value');
    } else this.#onQuoted(byte);
    this.#extensionBytes += 1;
    if (this.#extensionBytes > MAX_EXTENSION_BYTES) {
      throw parseError('CHUNK_EXTENSIONS_OVERFLOW', 'Chunk extensions overflow');
    }
  }

  #onName(byte: number): void {
    if (byte === BYTE.equals) this.#state = 'value';
    else if (!IS_TOKEN[byte] && !this.#isEnd(byte, 'name')) throw strict(' name');
  }

  #onValue(byte: number): void {
    if (byte === BYTE.quote) this.#state = 'quoted';
    else if (!IS_TOKEN[byte] && !this.#isEnd(byte, 'value')) throw strict(' value');
  }

  #onQuoted(byte: number): void {
    if (this.#state === 'pair') {
      if (!IS_VALUE[byte]) {
        throw parseError('STRICT', 'Invalid quoted-pair in chunk extensions quoted value', true);
      }
      this.#state = 'quoted';
    } else if (byte === BYTE.quote) this.#state = 'after quoted';
    else if (byte === BYTE.backslash) this.#state = 'pair';
    else if (!IS_QUOTED[byte]) throw strict(' quoted value');
  }

  #isEnd(byte: number, part: 'name' | 'value'): boolean {
    if (byte === BYTE.lf) throw parseError('CR_EXPECTED', `Missing expected CR after chunk extension ${part}`);
    if (byte === BYTE.semicolon) this.#state = 'extension';
    else if (byte === BYTE.cr) this.#state = 'lf';
    else return false;
    return true;
  }
}
