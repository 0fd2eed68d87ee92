/** `indexOf`, `lastIndexOf` and `includes`: where bytes, text or one byte lie in a buffer. */
import { invalidArgType } from '../node-errors.ts';
import { BYTES_KINDS, unknownEncoding } from './bounds.ts';

export type ToBytes = (text: string, encoding: string) => Uint8Array;

const { indexOf: plainIndexOf, lastIndexOf: plainLastIndexOf } = Uint8Array.prototype;
const OFFSET_MAX = 0x7fffffff;
const WIDE = /^(?:ucs-?2|utf-?16le)$/i;

function matchesAt(hay: Uint8Array, needle: Uint8Array, at: number): boolean {
  for (let i = 0; i < needle.length; i++) if (hay[at + i] !== needle[i]) return false;
  return true;
}

/** From `start` in steps, which are two bytes for UTF-16. */
function find(hay: Uint8Array, needle: Uint8Array, start: number, forward: boolean, step: number): number {
  const last = hay.length - needle.length;
  if (needle.length > hay.length || (forward && start > last)) return -1;
  if (step === 2 && (hay.length < 2 || needle.length < 2)) return -1;
  const first = step === 2 ? start - (start % 2) : start;
  if (forward) {
    for (let at = first; at <= last; at += step) if (matchesAt(hay, needle, at)) return at;
  } else {
    const from = Math.min(first, step === 2 ? last - (last % 2) : last);
    for (let at = from; at >= 0; at -= step) if (matchesAt(hay, needle, at)) return at;
  }
  return -1;
}

/** The byte to start at, or undefined where there is none. */
function startOf(given: unknown, length: number, forward: boolean): number | undefined {
  let offset = Number(given);
  if (Number.isNaN(offset)) offset = forward ? 0 : length;
  offset = Math.trunc(Math.max(-OFFSET_MAX - 1, Math.min(OFFSET_MAX, offset)));
  if (offset < 0) {
    offset += length;
    if (offset < 0) return forward ? 0 : undefined;
  }
  return offset;
}

/** The number of the first byte of `value`, or -1; from the end where not `forward`. */
export function search(
  hay: Uint8Array,
  value: unknown,
  offset: unknown,
  encoding: unknown,
  forward: boolean,
  toBytes: ToBytes,
): number {
  const [at, kind] = typeof offset === 'string' ? [undefined, offset] : [offset, encoding];
  const start = startOf(at, hay.length, forward);
  if (typeof value === 'number') {
    if (start === undefined) return -1;
    const one = value & 255;
    return forward ? plainIndexOf.call(hay, one, start) : plainLastIndexOf.call(hay, one, start);
  }
  const wide = typeof kind === 'string' && WIDE.test(kind);
  const needle = needleOf(value, kind, toBytes);
  if (start === undefined) return -1;
  if (needle.length === 0) return Math.min(start, hay.length);
  if (hay.length === 0) return -1;
  return find(hay, needle, start, forward, wide ? 2 : 1);
}

function needleOf(value: unknown, encoding: unknown, toBytes: ToBytes): Uint8Array {
  if (typeof value === 'string') {
    try {
      return toBytes(value, encoding === undefined ? 'utf8' : String(encoding));
    } catch {
      throw unknownEncoding(encoding);
    }
  }
  if (value instanceof Uint8Array) return value;
  throw invalidArgType('value', `one of type number or string or ${BYTES_KINDS}`, value);
}
