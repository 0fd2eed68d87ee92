import { nodeError } from '../node-errors.ts';
import { toBytes } from './bytes.ts';

function bytesOf(value: unknown, name: string): Uint8Array {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return toBytes(value);
  const kinds = 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView.';
  // Without the code in its text: it is native code that says so.
  throw Object.assign(new TypeError(`The "${name}" argument must be ${kinds}`), { code: 'ERR_INVALID_ARG_TYPE' });
}

export function timingSafeEqual(first: unknown, second: unknown): boolean {
  const a = bytesOf(first, 'buf1');
  const b = bytesOf(second, 'buf2');
  if (a.byteLength !== b.byteLength) {
    const message = 'Input buffers must have the same byte length';
    throw nodeError(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', message);
  }
  let difference = 0;
  for (let i = 0; i < a.byteLength; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}
