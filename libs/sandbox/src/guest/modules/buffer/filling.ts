/** `fill`, and what `alloc` fills with: Node's checks, and the bytes again and again. */
import { invalidArgValue, validateString } from '../node-errors.ts';
import { unknownEncoding, validateInteger } from './bounds.ts';
import type { ToBytes } from './searching.ts';

type Filler = { readonly bytes: Uint8Array } | { readonly byte: number };

function fillerOf(value: unknown, encoding: unknown, toBytes: ToBytes): Filler {
  if (typeof value === 'string') return value === '' ? { byte: 0 } : { bytes: toBytes(value, encoding as string) };
  if (ArrayBuffer.isView(value)) return { bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  return { byte: +(value as number) };
}

function validateEncoding(encoding: unknown, isEncoding: (value: unknown) => boolean): void {
  if (encoding === undefined || encoding === null || encoding === '' || isEncoding(encoding)) return;
  validateString(encoding, 'encoding');
  throw unknownEncoding(encoding);
}

function repeat(target: Uint8Array, bytes: Uint8Array, start: number, end: number): void {
  const first = Math.min(bytes.length, end - start);
  target.set(bytes.subarray(0, first), start);
  for (let done = first; done < end - start; done *= 2) {
    target.copyWithin(start + done, start, start + Math.min(done, end - start - done));
  }
}

export type Encodings = { readonly toBytes: ToBytes; readonly isEncoding: (value: unknown) => boolean };

const { fill: plainFill } = Uint8Array.prototype;

/** `fill(value[, offset[, end]][, encoding])`; gives the target back. */
export function fill<T extends Uint8Array>(target: T, args: readonly unknown[], encodings: Encodings): T {
  const [value] = args;
  let [, offset, end, encoding] = args;
  if (typeof value === 'string') {
    if (offset === undefined || typeof offset === 'string') [offset, end, encoding] = [undefined, undefined, offset];
    else if (typeof end === 'string') [end, encoding] = [undefined, end];
    validateEncoding(encoding, encodings.isEncoding);
  }
  const start = offset === undefined ? 0 : validateInteger(offset, 'offset');
  const isWhole = offset === undefined || end === undefined;
  const stop = isWhole ? target.length : validateInteger(end, 'end', 0, target.length);
  if (start >= stop) return target;
  const filler = fillerOf(value, encoding, encodings.toBytes);
  if ('byte' in filler) return plainFill.call(target, filler.byte, start, stop) as T;
  if (filler.bytes.length === 0) throw invalidArgValue('value', value);
  repeat(target, filler.bytes, start, stop);
  return target;
}
