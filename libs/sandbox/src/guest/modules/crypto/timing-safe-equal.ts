import { toBytes } from './bytes.ts';

export function timingSafeEqual(first: unknown, second: unknown): boolean {
  const a = toBytes(first, undefined, 'buf1');
  const b = toBytes(second, undefined, 'buf2');
  if (a.byteLength !== b.byteLength) {
    const error = new RangeError('Input buffers must have the same byte length');
    throw Object.assign(error, { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' });
  }
  let difference = 0;
  for (let i = 0; i < a.byteLength; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}
