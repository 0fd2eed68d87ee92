/** `swap16`, `swap32`, `swap64`: the bytes of every number in the opposite order, in place. */
import { nodeError } from '../node-errors.ts';

const swapping = (bits: 16 | 32 | 64) =>
  function (this: Uint8Array): Uint8Array {
    const size = bits / 8;
    const { length } = this;
    if (length % size !== 0) {
      throw nodeError(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${bits}-bits`);
    }
    for (let at = 0; at < length; at += size) {
      for (let low = at, high = at + size - 1; low < high; low++, high--) {
        const byte = this[low] as number;
        this[low] = this[high] as number;
        this[high] = byte;
      }
    }
    return this;
  };

export const swappingMethods = (): Record<string, unknown> => ({
  swap16: swapping(16),
  swap32: swapping(32),
  swap64: swapping(64),
});
