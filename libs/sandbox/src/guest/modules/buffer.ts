/** `buffer`: the npm package under Node's checks and errors, plus what Node has and it lacks. */
import * as base from 'buffer/';
import { compare, compareTo, copy, equals } from './buffer/comparing.ts';
import { atob, btoa, isAscii, isUtf8, transcode } from './buffer/conversions.ts';
import { inspectMaxBytes } from './buffer/inspecting.ts';
import { Buffer, type Bytes, fillAll, from, SIZE_MAX, SlowBuffer } from './buffer/making.ts';
import { numberMethods } from './buffer/numbers.ts';
import { search } from './buffer/searching.ts';
import { swappingMethods } from './buffer/swapping.ts';
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
  ...swappingMethods(),
  fill: fillAll,
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

const { default: _default, ...package_ } = base as unknown as typeof base & { default: unknown };

export const buffer = Object.defineProperties(
  {
    ...package_,
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
    isUtf8,
    isAscii,
    constants: { MAX_LENGTH: SIZE_MAX, MAX_STRING_LENGTH: STRING_LENGTH_MAX },
  },
  { INSPECT_MAX_BYTES: inspectMaxBytes },
);
export { Buffer };
