/** Random bytes from the host's generator, fetched in portions and used once. */
import { ask } from './bridge.ts';
import { NativeUint8Array } from './primordials.ts';

const PORTION_BYTES = 2048;
const REQUEST_BYTES_MAX = 1024 * 1024;

let pool = new NativeUint8Array(0);
let used = 0;

/** Random bytes that a run brings along. */
export function addRandom(bytes: Uint8Array): void {
  pool = bytes as Uint8Array<ArrayBuffer>;
  used = 0;
}

function tooLarge(size: number): RangeError {
  const error = new RangeError(`${size} random bytes at once are more than the ${REQUEST_BYTES_MAX} that are allowed`);
  return Object.assign(error, { code: 'QUOTA_EXCEEDED' });
}

export function randomFill(target: Uint8Array): void {
  const size = target.byteLength;
  if (size > REQUEST_BYTES_MAX) throw tooLarge(size);
  if (size > PORTION_BYTES / 2) {
    target.set(ask('random', size) as Uint8Array);
    return;
  }
  if (used + size > pool.byteLength) addRandom(ask('random', PORTION_BYTES) as Uint8Array);
  for (let i = 0; i < size; i++) {
    target[i] = pool[used + i] as number;
    pool[used + i] = 0;
  }
  used += size;
}
