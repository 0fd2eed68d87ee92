/** Random bytes for runs, made for many at once: asking for a few takes nearly as long. Each is given out once. */
import { randomFillSync } from 'node:crypto';
import { forGuest } from './arguments.ts';

const PORTION_BYTES = 256;
const pool = Buffer.alloc(32 * PORTION_BYTES);
let used = pool.length;

export function takeRandomPortion(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const portion = pool.subarray(used, used + PORTION_BYTES);
  used += PORTION_BYTES;
  const taken = forGuest(portion);
  portion.fill(0);
  return taken;
}
