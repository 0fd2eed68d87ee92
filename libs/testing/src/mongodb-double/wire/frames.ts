/** Longest message that a server takes, as `hello` says it. */
export const MAX_MESSAGE_BYTES = 48_000_000;

/** Length, request id, id answered to, opcode: four 32-bit numbers. */
export const HEADER_BYTES = 16;

/**
 * Cuts a stream of bytes into messages, header included. Throws for a length that no message has; what is left of a
 * message when the stream ends is dropped.
 */
export async function* readFrames(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let held = 0;
  let wanted = HEADER_BYTES;
  for await (const chunk of stream) {
    parts.push(chunk);
    held += chunk.length;
    while (held >= wanted) {
      const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
      const length = frameLength(bytes);
      if (length <= held) yield bytes.subarray(0, length);
      const rest = length <= held ? bytes.subarray(length) : bytes;
      parts = [rest];
      held = rest.length;
      wanted = held >= HEADER_BYTES ? frameLength(rest) : HEADER_BYTES;
    }
  }
}

const frameLength = (bytes: Buffer): number => {
  const length = bytes.readInt32LE(0);
  if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) throw new RangeError(`a message of ${length} bytes`);
  return length;
};
