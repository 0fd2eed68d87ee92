/** `Buffer` itself, what makes one from something else, and how its classes hang together. */
import * as base from 'buffer/';
import { bytesFromHost } from '../host-text.ts';
import { invalidArgType } from '../node-errors.ts';
import { core } from '../registry.ts';
import { outside, unknownEncoding, validateInteger, validateSize } from './bounds.ts';
import { concat } from './comparing.ts';
import { type Encodings, fill } from './filling.ts';
import { isUtf8, utf8Length, writeUtf8 } from './utf8.ts';

const { from: baseFrom } = base.Buffer as unknown as { from: (...args: unknown[]) => Bytes };
export type Bytes = InstanceType<typeof base.Buffer>;

export const SIZE_MAX = Number.MAX_SAFE_INTEGER;

const Memory = Uint8Array as unknown as new (
  from: ArrayBufferLike | number,
  offset?: number,
  length?: number,
) => Uint8Array<ArrayBuffer>;

/** What methods of `Uint8Array` make when called on a buffer: `subarray` does not pass through `new Buffer`. */
class FastBuffer extends Memory {}

/** The package makes its buffers with the prototype of this class, too. */
function joinClasses(): void {
  const { constructor: _own, ...methods } = Object.getOwnPropertyDescriptors(base.Buffer.prototype);
  Object.defineProperties(FastBuffer.prototype, methods as PropertyDescriptorMap);
  Object.defineProperty(FastBuffer.prototype, 'constructor', {
    value: Buffer,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  for (const maker of [base.Buffer, Buffer]) Object.assign(maker, { prototype: FastBuffer.prototype });
}

const warned = new Set<string>();
function warnOnce(code: string, message: string): void {
  if (warned.has(code)) return;
  warned.add(code);
  core.process.emitWarning(message, 'DeprecationWarning', code);
}

const CONSTRUCTOR_WARNING =
  'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.';

function BufferFunction(value: unknown, encodingOrOffset?: unknown, length?: unknown): Bytes {
  warnOnce('DEP0005', CONSTRUCTOR_WARNING);
  if (typeof value !== 'number') return from(value, encodingOrOffset, length);
  if (typeof encodingOrOffset === 'string') throw invalidArgType('string', 'of type string', value);
  return alloc(value);
}
Object.defineProperty(BufferFunction, 'name', { value: 'Buffer', configurable: true });
const Buffer = BufferFunction as unknown as typeof base.Buffer;

const byteLengthGetter = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get;
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  // An error is dear, and these are asked about all the time.
  if (typeof value !== 'object' || ArrayBuffer.isView(value) || Array.isArray(value)) return false;
  try {
    byteLengthGetter?.call(value);
    return true;
  } catch {
    return false;
  }
}

function fromArrayBuffer(memory: ArrayBuffer, at: unknown, length: unknown): Bytes {
  const offset = at === undefined || Number.isNaN(Number(at)) ? 0 : Number(at);
  const room = memory.byteLength - offset;
  if (room < 0) throw outside('offset');
  let size = room;
  if (length !== undefined) {
    size = Number(length) > 0 ? Number(length) : 0;
    if (size > room) throw outside('length');
  }
  return new FastBuffer(memory, offset, size) as Bytes;
}

function fromArrayLike(list: ArrayLike<number>): Bytes {
  const made = new FastBuffer(list.length > 0 ? list.length : 0) as Bytes;
  for (let i = 0; i < made.length; i++) made[i] = list[i] as number;
  return made;
}

function fromObject(value: Record<string, unknown>): Bytes | undefined {
  if (value.length !== undefined || isArrayBuffer(value.buffer)) {
    return typeof value.length === 'number' ? fromArrayLike(value as never) : alloc(0);
  }
  return value.type === 'Buffer' && Array.isArray(value.data) ? fromArrayLike(value.data) : undefined;
}

function fromUtf8(text: string): Bytes {
  const made = new FastBuffer(utf8Length(text)) as Bytes;
  writeUtf8(made, text, 0, made.length);
  return made;
}

function fromText(text: string, encoding: unknown): Bytes {
  const known = typeof encoding === 'string' && encoding !== '' ? encoding : 'utf8';
  if (!isEncoding(known)) throw unknownEncoding(encoding);
  const long = bytesFromHost(text, known);
  if (long !== undefined) return new FastBuffer(long.buffer) as Bytes;
  if (isUtf8(known)) return fromUtf8(text);
  return /^base64url$/i.test(known)
    ? baseFrom(text.replace(/-/g, '+').replace(/_/g, '/'), 'base64')
    : baseFrom(text, known);
}

export function from(value: unknown, encodingOrOffset?: unknown, length?: unknown): Bytes {
  if (typeof value === 'string') return fromText(value, encodingOrOffset);
  if (typeof value === 'object' && value !== null) {
    if (isArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const plain = value.valueOf?.() as unknown;
    if (plain !== null && plain !== undefined && plain !== value && /^(?:string|object)$/.test(typeof plain)) {
      return from(plain, encodingOrOffset, length);
    }
    const made = fromObject(value as Record<string, unknown>);
    if (made) return made;
    const toPrimitive = (value as { [Symbol.toPrimitive]?: unknown })[Symbol.toPrimitive];
    if (typeof toPrimitive === 'function') {
      const primitive = toPrimitive.call(value, 'string') as unknown;
      if (typeof primitive === 'string') return fromText(primitive, encodingOrOffset);
    }
  }
  const kinds = 'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object';
  throw invalidArgType('first argument', kinds, value);
}

function alloc(size: unknown, value?: unknown, encoding?: unknown): Bytes {
  const length = validateSize(size, SIZE_MAX);
  if (value === undefined || value === 0 || length === 0) return new FastBuffer(length) as Bytes;
  const made = new FastBuffer(length) as Bytes;
  return fill(made, [value, 0, length, encoding], ENCODINGS);
}

const allocUnsafe = (size: unknown): Bytes => new FastBuffer(validateSize(size, SIZE_MAX)) as Bytes;

export const isEncoding = (encoding: unknown): boolean =>
  typeof encoding === 'string' &&
  (encoding === 'utf8' || /^(?:utf-?8|ucs-?2|utf-?16le|latin1|binary|base64|base64url|hex|ascii)$/i.test(encoding));

const ENCODINGS: Encodings = { toBytes: from, isEncoding };

export function fillAll(this: Bytes, ...args: unknown[]): Bytes {
  return fill(this, args, ENCODINGS);
}

type View = ArrayBufferView & { readonly length?: number; readonly BYTES_PER_ELEMENT?: number };

function copyBytesFrom(view: View, offset?: unknown, length?: unknown): Bytes {
  if (!ArrayBuffer.isView(view) || view instanceof DataView)
    throw invalidArgType('view', 'an instance of TypedArray', view);
  const { length: count = 0, BYTES_PER_ELEMENT: unit = 1 } = view as View;
  const start = offset === undefined ? 0 : validateInteger(offset, 'offset');
  const most = length === undefined ? count : validateInteger(length, 'length');
  const end = Math.max(start, Math.min(count, start + most));
  if (start >= count) return alloc(0);
  return fromArrayLike(new Uint8Array(view.buffer, view.byteOffset + start * unit, (end - start) * unit));
}

function SlowBuffer(size: unknown): Bytes {
  warnOnce('DEP0030', 'SlowBuffer() is deprecated. Please use Buffer.allocUnsafeSlow()');
  return allocUnsafe(size);
}
Object.assign(SlowBuffer, { prototype: Object.create(FastBuffer.prototype) });

joinClasses();
const isBuffer = (value: unknown): boolean => value instanceof FastBuffer;
Object.assign(base.Buffer, { isBuffer });
Object.setPrototypeOf(BufferFunction, Uint8Array);
const statics = {
  poolSize: 8192,
  from,
  of: (...values: number[]) => fromArrayLike(values),
  alloc,
  allocUnsafe,
  allocUnsafeSlow: allocUnsafe,
  copyBytesFrom,
  isBuffer,
  isEncoding,
  concat: (list: unknown, length?: unknown) => concat(alloc, list, length),
};
for (const [name, value] of Object.entries(statics)) {
  if (typeof value === 'function') Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(BufferFunction, name, { value, writable: true, enumerable: true, configurable: true });
}
Object.defineProperty(BufferFunction, Symbol.species, { get: () => FastBuffer, configurable: true });

export { Buffer, SlowBuffer };
