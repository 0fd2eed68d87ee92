/** What Node's buffers refuse, with its errors. */
import { invalidArgType, nodeError, outOfRange, validateNumber } from '../node-errors.ts';

export const BYTES_KINDS = 'an instance of Buffer or Uint8Array';

export function validateBytes(value: unknown, name: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidArgType(name, BYTES_KINDS, value);
}

/** A whole number from `min` to `max`. */
export function validateInteger(value: unknown, name: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
  validateNumber(value, name);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if ((value as number) < min || (value as number) > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
  return value as number;
}

/** A number from 0 to `max`; what Node asks of sizes. */
export function validateSize(value: unknown, max: number): number {
  validateNumber(value, 'size');
  if (!((value as number) >= 0 && (value as number) <= max)) throw outOfRange('size', `>= 0 && <= ${max}`, value);
  return value as number;
}

export const unknownEncoding = (encoding: unknown): Error =>
  nodeError(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${String(encoding)}`);

export const outside = (name: string): Error =>
  nodeError(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', `"${name}" is outside of buffer bounds`);

/** Throws for an offset at which nothing of the wanted size lies; `last` is the last good one. */
export function refuseOffset(value: unknown, last: number, name = 'offset'): never {
  validateNumber(value, name);
  if (Math.floor(value as number) !== value) throw outOfRange(name, 'an integer', value);
  if (last < 0) {
    throw nodeError(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', 'Attempt to access memory outside buffer bounds');
  }
  throw outOfRange(name, `>= ${name === 'offset' ? 0 : 1} and <= ${last}`, value);
}
