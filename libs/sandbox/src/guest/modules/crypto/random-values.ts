/** Random bytes, numbers and identifiers. */
import { randomFill as fill } from '../../random.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import { toBytes } from './bytes.ts';

type Done = (error: Error | null, value?: unknown) => void;

function outOfRange(name: string, value: unknown): RangeError {
  const error = new RangeError(`The value of "${name}" is out of range. Received ${String(value)}`);
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' });
}

export function randomBytes(size: number, callback?: Done): Buffer | undefined {
  if (!Number.isInteger(size) || size < 0 || size > 2 ** 31 - 1) throw outOfRange('size', size);
  const bytes = Buffer.alloc(size);
  fill(bytes);
  if (callback === undefined) return bytes;
  nextTick(callback as () => void, null, bytes);
  return undefined;
}

export function randomFillSync<T extends ArrayBufferView>(target: T, offset = 0, size?: number): T {
  const bytes = toBytes(target, undefined, 'buf');
  fill(bytes.subarray(offset, size === undefined ? undefined : offset + size));
  return target;
}

export function randomFill(target: ArrayBufferView, ...rest: unknown[]): void {
  const callback = rest.pop() as Done;
  randomFillSync(target, ...(rest as [number?, number?]));
  nextTick(callback as () => void, null, target);
}

export function randomUUID(): string {
  const bytes = Buffer.alloc(16);
  fill(bytes);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const RANGE_MAX = 2 ** 48 - 1;

function pick(min: number, max: number): number {
  const range = max - min;
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max)) throw outOfRange('max', max);
  if (range <= 0 || range > RANGE_MAX) throw outOfRange('max', max);
  const limit = RANGE_MAX - (RANGE_MAX % range);
  const bytes = Buffer.alloc(6);
  for (;;) {
    fill(bytes);
    const value = bytes.readUIntBE(0, 6);
    if (value < limit) return min + (value % range);
  }
}

export function randomInt(first: number, second?: number | Done, third?: Done): number | undefined {
  const callback = typeof second === 'function' ? second : third;
  const value = typeof second === 'number' ? pick(first, second) : pick(0, first);
  if (callback === undefined) return value;
  nextTick(callback as () => void, null, value);
  return undefined;
}

/** WebCrypto's `getRandomValues`. */
export function getRandomValues<T extends ArrayBufferView>(target: T): T {
  if (target.byteLength > 65536) {
    throw new DOMException('The requested length exceeds 65,536 bytes', 'QuotaExceededError');
  }
  return randomFillSync(target);
}
