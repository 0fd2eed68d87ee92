import { writeSync } from 'node:fs';

const RETRY_MS = 10;
/** How long an end waits for a reader that takes nothing, and for one that takes little. */
const STALLED_MS_MAX = 1_000;
const FINISH_MS_MAX = 3_000;

/** For the end of a process: writes what its reader takes in time, and says whether that was all. */
export const writeNow = (fd: number, bytes: Buffer): boolean => {
  const beganMs = performance.now();
  let movedMs = beganMs;
  let left = bytes;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(fd, left));
      movedMs = performance.now();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return false;
      if (performance.now() - movedMs > STALLED_MS_MAX) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
    if (performance.now() - beganMs > FINISH_MS_MAX) return false;
  }
  return true;
};
