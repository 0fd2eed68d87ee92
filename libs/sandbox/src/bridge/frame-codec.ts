/** Frames as bytes: a 4-byte big-endian length, then that many bytes of UTF-8 JSON. */
import { FRAME_BYTES_MAX } from './frame-limits.ts';
import { createFrameSplitter, HEADER_BYTES } from './frame-splitter.ts';

/** One frame, ready for the pipe. Throws `RangeError` when it is larger than a frame may be. */
export function encodeFrame(frame: object): Buffer {
  const body = Buffer.from(JSON.stringify(frame), 'utf8');
  if (body.length > FRAME_BYTES_MAX) throw new RangeError(`A frame of ${body.length} bytes is too large`);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(body.length);
  return Buffer.concat([header, body]);
}

/**
 * Reads a byte stream of frames. `push` returns the parsed, unchecked frames that became whole; it throws
 * `RangeError` on a length beyond the limit and `SyntaxError` on what is no JSON: the stream is then beyond repair.
 */
export function createFrameDecoder(): { push(bytes: Buffer): unknown[] } {
  const splitter = createFrameSplitter(FRAME_BYTES_MAX);
  return { push: (bytes) => splitter.push(bytes).map((body) => JSON.parse(body.toString('utf8')) as unknown) };
}
