/** Random bytes, numbers and identifiers. */
import { randomFill as fill } from '../../random.ts';
import { Buffer } from '../buffer.ts';
import { invalidArgType, outOfRange, validateFunction, validateNumber, validateObject } from '../node-errors.ts';
import { toBytes } from './bytes.ts';
import { later } from './native.ts';

type Done = (error: Error | null, value?: unknown) => void;

const SIZE_MAX = 2 ** 31 - 1;

function assertSize(value: unknown, max: number, name: string): number {
  validateNumber(value, name);
  const size = value as number;
  if (Number.isNaN(size) || size > max || size < 0) throw outOfRange(name, `>= 0 && <= ${max}`, size);
  return size;
}

export function randomBytes(size: unknown, callback?: Done): Buffer | undefined {
  const count = assertSize(size, SIZE_MAX, 'size');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const bytes = Buffer.alloc(count);
  fill(bytes);
  if (callback === undefined) return bytes;
  later(callback, null, bytes);
  return undefined;
}

export function randomFillSync<T>(target: T, offset: unknown = 0, size?: unknown): T {
  if (!ArrayBuffer.isView(target) && !(target instanceof ArrayBuffer)) {
    throw invalidArgType('buf', 'an instance of ArrayBuffer or ArrayBufferView', target);
  }
  const { BYTES_PER_ELEMENT: unit = 1 } = target as { BYTES_PER_ELEMENT?: number };
  const bytes = toBytes(target);
  const from = assertSize(offset, bytes.byteLength / unit, 'offset') * unit;
  const room = bytes.byteLength - from;
  const count = size === undefined ? room : assertSize(size, SIZE_MAX, 'size') * unit;
  if (count > room) throw outOfRange('size + offset', `<= ${bytes.byteLength}`, count + from);
  fill(bytes.subarray(from, from + count));
  return target;
}

export function randomFill(target: unknown, ...rest: unknown[]): void {
  const callback = rest.find((value) => typeof value === 'function');
  validateFunction(callback, 'callback');
  randomFillSync(target, ...rest.slice(0, rest.indexOf(callback)));
  later(callback, null, target);
}

export function randomUUID(options?: unknown): string {
  if (options !== undefined) validateObject(options, 'options');
  const { disableEntropyCache = false } = (options ?? {}) as { readonly disableEntropyCache?: unknown };
  if (typeof disableEntropyCache !== 'boolean') {
    throw invalidArgType('options.disableEntropyCache', 'of type boolean', disableEntropyCache);
  }
  const bytes = Buffer.alloc(16);
  fill(bytes);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const RANGE_MAX = 2 ** 48 - 1;

function pick(min: number, max: number, alone: boolean): number {
  if (!Number.isSafeInteger(min)) throw invalidArgType('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw invalidArgType('max', 'a safe integer', max);
  if (max <= min) throw outOfRange('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (alone && !(range <= RANGE_MAX)) throw outOfRange('max', `<= ${RANGE_MAX}`, max);
  if (!(range <= RANGE_MAX)) throw outOfRange('max - min', `<= ${RANGE_MAX}`, range);
  const limit = RANGE_MAX - (RANGE_MAX % range);
  const bytes = Buffer.alloc(6);
  for (;;) {
    fill(bytes);
    const value = bytes.readUIntBE(0, 6);
    if (value < limit) return min + (value % range);
  }
}

export function randomInt(first: number, second?: number | Done, third?: Done): number | undefined {
  const alone = second === undefined || typeof second === 'function';
  const callback = typeof second === 'function' ? second : third;
  if (callback !== undefined) validateFunction(callback, 'callback');
  const value = alone ? pick(0, first, true) : pick(first, second, false);
  if (callback === undefined) return value;
  later(callback, null, value);
  return undefined;
}

/** WebCrypto's `getRandomValues`. */
export function getRandomValues<T extends ArrayBufferView>(target: T): T {
  const kind = ArrayBuffer.isView(target) ? target.constructor.name : '';
  if (kind === '' || kind === 'DataView' || kind.startsWith('Float')) {
    throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
  }
  if (target.byteLength > 65536) {
    throw new DOMException('The requested length exceeds 65,536 bytes', 'QuotaExceededError');
  }
  return randomFillSync(target);
}
