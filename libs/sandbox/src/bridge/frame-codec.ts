/** Frames as bytes: a 4-byte big-endian length, then that many bytes of UTF-8 JSON. */
import { FRAME_BYTES_MAX } from './frame-limits.ts';

const HEADER_BYTES = 4;

/** One frame, ready for the pipe. Throws `RangeError` when it is larger than a frame may be. */
export function encodeFrame(frame: object): Buffer {
  const body = Buffer.from(JSON.stringify(frame), 'utf8');
  if (body.length > FRAME_BYTES_MAX) throw new RangeError(`A frame of ${body.length} bytes is too large`);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/**
 * Cuts a byte stream into frames. `push` returns the parsed, unchecked frames that became whole; it throws
 * `RangeError` on a length beyond the limit and `SyntaxError` on what is no JSON: the stream is then beyond repair.
 */
export function createFrameDecoder(): { push(bytes: Buffer): unknown[] } {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let wanted = HEADER_BYTES;
  const take = (): Buffer | undefined => {
    if (heldBytes < wanted) return undefined;
    const all = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held, heldBytes);
    return all;
  };
  return {
    push(bytes) {
      const frames: unknown[] = [];
      held.push(bytes);
      heldBytes += bytes.length;
      for (let all = take(); all !== undefined; all = take()) {
        const length = all.readUInt32BE(0);
        if (length > FRAME_BYTES_MAX) throw new RangeError(`A frame of ${length} bytes is announced`);
        wanted = HEADER_BYTES + length;
        if (all.length < wanted) {
          held = [all];
          break;
        }
        frames.push(JSON.parse(all.toString('utf8', HEADER_BYTES, wanted)));
        const rest = all.subarray(wanted);
        held = rest.length > 0 ? [rest] : [];
        heldBytes = rest.length;
        wanted = HEADER_BYTES;
      }
      return frames;
    },
  };
}
