/** Cuts a byte stream into frames: a 4-byte big-endian length, then that many bytes. */
export type FrameSplitter = {
  /** Frames completed by these bytes. Throws `RangeError` on a length of zero or beyond the limit, before any of it is kept. */
  push(bytes: Buffer): Buffer[];
};

export const HEADER_BYTES = 4;

/** Keeps at most one incomplete frame (`maxBytes`) and what arrived with its last chunk. */
export const createFrameSplitter = (maxBytes: number): FrameSplitter => {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = HEADER_BYTES;
  let inBody = false;

  const take = (): Buffer => {
    const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, held);
    const taken = all.subarray(0, wanted);
    const rest = all.subarray(wanted);
    chunks = rest.length > 0 ? [rest] : [];
    held = rest.length;
    return taken;
  };
  const expectBody = (header: Buffer): void => {
    wanted = header.readUInt32BE(0);
    if (wanted === 0 || wanted > maxBytes) throw new RangeError(`frame of ${wanted} bytes`);
    inBody = true;
  };
  return {
    push(bytes) {
      if (bytes.length > 0) chunks.push(bytes);
      held += bytes.length;
      const frames: Buffer[] = [];
      while (held >= wanted) {
        const part = take();
        if (!inBody) {
          expectBody(part);
          continue;
        }
        frames.push(part);
        inBody = false;
        wanted = HEADER_BYTES;
      }
      return frames;
    },
  };
};
