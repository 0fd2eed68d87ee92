/** `TextEncoder` and `TextDecoder`: UTF-8 and UTF-16LE on `Buffer`, all other encodings in the host. */
import { Buffer } from '../modules/buffer.ts';
import { bytesFromHost } from '../modules/host-text.ts';
import { type ForeignText, foreignText } from './foreign-text.ts';

/** Those of the encoding standard (https://encoding.spec.whatwg.org/#names-and-labels) that need no table. */
const LABELS: Readonly<Record<string, 'utf-8' | 'utf-16le'>> = {
  utf8: 'utf-8',
  'utf-8': 'utf-8',
  'unicode-1-1-utf-8': 'utf-8',
  'utf-16le': 'utf-16le',
  'utf-16': 'utf-16le',
  ucs2: 'utf-16le',
};
const BUFFER_ENCODINGS = { 'utf-8': 'utf8', 'utf-16le': 'utf16le' } as const;
const BYTE_ORDER_MARK = '\uFEFF';

export class TextEncoder {
  readonly encoding = 'utf-8';
  encode(text: unknown = ''): Uint8Array {
    const whole = String(text);
    return bytesFromHost(whole) ?? new Uint8Array(Buffer.from(whole, 'utf8'));
  }
  encodeInto(text: string, target: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of String(text)) {
      const bytes = Buffer.from(character, 'utf8');
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      read += character.length;
      written += bytes.length;
    }
    return { read, written };
  }
}

/** How many bytes at the end begin a UTF-8 character that the next piece will complete. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

function invalidData(encoding: string): TypeError {
  const error = new TypeError(`The encoded data was not valid for encoding ${encoding}`);
  return Object.assign(error, { code: 'ERR_ENCODING_INVALID_ENCODED_DATA' });
}

function bytesOf(input: unknown): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer as ArrayBuffer, input.byteOffset, input.byteLength);
  return new Uint8Array(input as ArrayBuffer);
}

export class TextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #rest = new Uint8Array(0);
  #started = false;
  readonly #foreign: ForeignText | undefined;

  constructor(label = 'utf-8', options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {}) {
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
    const own = LABELS[String(label).trim().toLowerCase()];
    if (own === undefined) this.#foreign = foreignText(String(label), this);
    this.encoding = own ?? (this.#foreign as ForeignText).encoding;
  }

  decode(input?: unknown, options: { readonly stream?: boolean } = {}): string {
    const isStream = options.stream === true;
    const given = bytesOf(input);
    if (this.#foreign !== undefined) return this.#foreign.decode(given, isStream);
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, given]) : given;
    const held = isStream ? this.#tail(bytes) : 0;
    const whole = bytes.subarray(0, bytes.length - held);
    this.#rest = new Uint8Array(bytes.subarray(bytes.length - held));
    const buffer = Buffer.from(whole.buffer as ArrayBuffer, whole.byteOffset, whole.byteLength);
    const text = buffer.toString(BUFFER_ENCODINGS[this.encoding as keyof typeof BUFFER_ENCODINGS]);
    if (this.fatal && this.encoding === 'utf-8' && !Buffer.from(text, 'utf8').equals(buffer)) {
      throw invalidData(this.encoding);
    }
    const first = !this.#started;
    this.#started = isStream;
    return first && !this.ignoreBOM && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }

  #tail(bytes: Uint8Array): number {
    return this.encoding === 'utf-16le' ? bytes.length % 2 : incompleteTail(bytes);
  }
}
