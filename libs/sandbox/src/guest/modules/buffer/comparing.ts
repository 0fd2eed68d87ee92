/** `compare`, `equals`, `copy` and `concat` with Node's checks. */
import { invalidArgType, outOfRange } from '../node-errors.ts';
import { BYTES_KINDS, validateBytes, validateInteger } from './bounds.ts';

function order(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) < (b[i] as number) ? -1 : 1;
  }
  if (a.length === b.length) return 0;
  return a.length < b.length ? -1 : 1;
}

export function compare(a: unknown, b: unknown): -1 | 0 | 1 {
  validateBytes(a, 'buf1');
  validateBytes(b, 'buf2');
  return a === b ? 0 : order(a, b);
}

const given = (value: unknown, name: string, standard: number, max?: number): number =>
  value === undefined ? standard : validateInteger(value, name, 0, max);

export function compareTo(this: Uint8Array, target: unknown, ...range: unknown[]): -1 | 0 | 1 {
  validateBytes(target, 'target');
  if (range.length === 0) return order(this, target);
  const targetStart = given(range[0], 'targetStart', 0);
  const targetEnd = given(range[1], 'targetEnd', target.length, target.length);
  const sourceStart = given(range[2], 'sourceStart', 0);
  const sourceEnd = given(range[3], 'sourceEnd', this.length, this.length);
  if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
  if (targetStart >= targetEnd) return 1;
  return order(this.subarray(sourceStart, sourceEnd), target.subarray(targetStart, targetEnd));
}

export function equals(this: Uint8Array, other: unknown): boolean {
  validateBytes(other, 'otherBuffer');
  if (this === other) return true;
  return this.byteLength === other.byteLength && order(this, other) === 0;
}

function wholeNumber(value: unknown, standard: number): number {
  const number = Number(value);
  return Number.isNaN(number) ? standard : Math.trunc(number);
}

function viewOf(target: unknown): Uint8Array {
  if (!ArrayBuffer.isView(target)) throw invalidArgType('target', BYTES_KINDS, target);
  return new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
}

/** Copies into the target as much as fits and returns how many bytes that were. */
export function copy(this: Uint8Array, target: unknown, at?: unknown, from?: unknown, to?: unknown): number {
  const bytes = viewOf(target);
  const targetStart = at === undefined ? 0 : wholeNumber(at, 0);
  if (targetStart < 0) throw outOfRange('targetStart', '>= 0', targetStart);
  const sourceStart = from === undefined ? 0 : wholeNumber(from, 0);
  if (sourceStart < 0 || sourceStart > this.length) {
    throw outOfRange('sourceStart', `>= 0 && <= ${this.length}`, sourceStart);
  }
  const sourceEnd = to === undefined ? this.length : wholeNumber(to, 0);
  if (sourceEnd < 0) throw outOfRange('sourceEnd', '>= 0', sourceEnd);
  if (targetStart >= bytes.length || sourceStart >= sourceEnd) return 0;
  const count = Math.min(sourceEnd - sourceStart, bytes.length - targetStart, this.length - sourceStart);
  bytes.set(this.subarray(sourceStart, sourceStart + count), targetStart);
  return count;
}

/** One buffer, made by `alloc`, of all in the list; cut or filled up with zeros to `length`. */
export function concat<T extends Uint8Array>(alloc: (length: number) => T, list: unknown, length?: unknown): T {
  if (!Array.isArray(list)) throw invalidArgType('list', 'an instance of Array', list);
  for (let i = 0; i < list.length; i++) validateBytes(list[i], `list[${i}]`);
  const parts = list as Uint8Array[];
  if (parts.length === 0) return alloc(0);
  const whole = length === undefined ? parts.reduce((sum, part) => sum + part.length, 0) : length;
  const result = alloc(validateInteger(whole, 'length'));
  let at = 0;
  for (const part of parts) {
    if (at >= result.length) break;
    const room = result.length - at;
    result.set(part.length > room ? part.subarray(0, room) : part, at);
    at += part.length;
  }
  return result;
}
