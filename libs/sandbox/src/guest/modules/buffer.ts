/** `buffer`: the npm package under Node's checks and errors, plus what Node has and it lacks. */
import * as base from 'buffer/';
import { unknownEncoding } from './buffer/bounds.ts';
import { compare, compareTo, copy, equals } from './buffer/comparing.ts';
import { inspectMaxBytes } from './buffer/inspecting.ts';
import { Buffer, type Bytes, from, isEncoding, SIZE_MAX, SlowBuffer } from './buffer/making.ts';
import { numberMethods } from './buffer/numbers.ts';
import { search } from './buffer/searching.ts';
import { byteLength, directMethods, toText, write } from './buffer/texts.ts';
import { showBy, showBytes } from './util/custom-inspect.ts';

const STRING_LENGTH_MAX = 536870888;

/** Enumerable, as in Node: mysql2 goes through what a buffer can do by `for … in`. */
function define(target: object, name: string | symbol, value: unknown): void {
  if (typeof value === 'function') Object.defineProperty(value, 'name', { value: String(name), configurable: true });
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

const searching = (forward: boolean) =>
  function (this: Bytes, value: unknown, offset?: unknown, encoding?: unknown): number {
    return search(this, value, offset, encoding, forward, from);
  };
const indexOf = searching(true);

const methods: Record<string, unknown> = {
  ...numberMethods(),
  ...directMethods(),
  compare: compareTo,
  equals,
  copy,
  toString: toText,
  write,
  indexOf,
  lastIndexOf: searching(false),
  includes(this: Bytes, value: unknown, offset?: unknown, encoding?: unknown): boolean {
    return indexOf.call(this, value, offset, encoding) !== -1;
  },
};
for (const [name, method] of Object.entries(methods)) define(Buffer.prototype, name, method);
Object.defineProperty(Buffer.prototype, 'toLocaleString', {
  value: toText,
  writable: true,
  enumerable: true,
  configurable: true,
});
const showBuffer = showBytes(() => buffer.INSPECT_MAX_BYTES);
showBy(Buffer, 'Buffer', function (this: Bytes, _depth, options, inspect) {
  return showBuffer(this, options, inspect);
});
const { [Symbol.for('nodejs.util.inspect.custom')]: inspect } = Buffer.prototype as never;
define(Buffer.prototype, 'inspect', inspect);
define(Buffer.prototype, 'subarray', Uint8Array.prototype.subarray);
define(Buffer, 'compare', compare);
define(Buffer, 'byteLength', byteLength);
// By this mark libraries (bson) tell the npm package from Node's own.
Reflect.deleteProperty(Buffer.prototype, '_isBuffer');

const atob = (text: unknown): string => {
  const compact = String(text).replace(/[\t\n\f\r ]/g, '');
  if (/[^A-Za-z0-9+/=]/.test(compact) || compact.replace(/=+$/, '').length % 4 === 1) {
    throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  }
  return from(compact, 'base64').toString('latin1');
};

const btoa = (text: unknown): string => {
  const binary = String(text);
  for (let i = 0; i < binary.length; i++) {
    if (binary.charCodeAt(i) > 255) throw new DOMException('Invalid character', 'InvalidCharacterError');
  }
  return from(binary, 'latin1').toString('base64');
};

function transcode(source: Uint8Array, fromEncoding: string, toEncoding: string): Bytes {
  for (const encoding of [fromEncoding, toEncoding]) if (!isEncoding(encoding)) throw unknownEncoding(encoding);
  const text = from(source).toString(fromEncoding as BufferEncoding);
  const isNarrow = /^(?:latin1|binary|ascii)$/i.test(toEncoding);
  // What a narrow encoding lacks becomes a question mark.
  const shown = isNarrow
    ? Array.from(text, (one) => (one.charCodeAt(0) > 255 || one.length > 1 ? '?' : one)).join('')
    : text;
  return from(shown, toEncoding);
}

export const buffer = Object.defineProperties(
  {
    ...base,
    Buffer,
    SlowBuffer,
    kMaxLength: SIZE_MAX,
    kStringMaxLength: STRING_LENGTH_MAX,
    atob,
    btoa,
    transcode,
    get Blob() {
      return globalThis.Blob;
    },
    get File() {
      return globalThis.File;
    },
    resolveObjectURL: (): undefined => undefined,
    isUtf8: (bytes: Uint8Array) => from(from(bytes).toString('utf8')).equals(bytes),
    isAscii: (bytes: Uint8Array) => from(bytes).every((byte) => byte < 128),
    constants: { MAX_LENGTH: SIZE_MAX, MAX_STRING_LENGTH: STRING_LENGTH_MAX },
  },
  { INSPECT_MAX_BYTES: inspectMaxBytes },
);
export { Buffer };
