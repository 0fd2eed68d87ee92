/** Collects TDS fields (little endian unless the name says otherwise) into one growing buffer. */
export type ByteWriter = ReturnType<typeof createByteWriter>;

/** An empty writer. `take(n)` hands out and forgets the first n bytes, all of them by default. */
export const createByteWriter = (initialBytes = 1024) => {
  let buffer = Buffer.allocUnsafe(initialBytes);
  let length = 0;
  const room = (bytes: number): number => {
    if (length + bytes > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes));
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
    length += bytes;
    return length - bytes;
  };
  const bytes = (data: ArrayLike<number>): void => {
    const at = room(data.length);
    buffer.set(data, at);
  };
  const text = (value: string): void => bytes(Buffer.from(value, 'utf16le'));
  const u8 = (value: number): void => void buffer.writeUInt8(value, room(1));
  const u16 = (value: number): void => void buffer.writeUInt16LE(value, room(2));
  return {
    u8,
    u16,
    u16be: (value: number): void => void buffer.writeUInt16BE(value, room(2)),
    u32: (value: number): void => void buffer.writeUInt32LE(value, room(4)),
    u32be: (value: number): void => void buffer.writeUInt32BE(value, room(4)),
    i32: (value: number): void => void buffer.writeInt32LE(value, room(4)),
    u64: (value: bigint): void => void buffer.writeBigUInt64LE(value, room(8)),
    bytes,
    /** UTF-16 code units without a length. */
    text,
    /** A text with its length in code units in one byte before it, cut to 255. */
    shortText: (value: string): void => {
      u8(Math.min(value.length, 255));
      text(value.slice(0, 255));
    },
    /** A text with its length in code units in two bytes before it. */
    longText: (value: string): void => {
      u16(value.length);
      text(value);
    },
    length: () => length,
    /** Forgets all but the first `count` bytes. */
    truncate: (count: number): void => {
      length = count;
    },
    take: (count = length): Buffer => {
      const taken = Buffer.from(buffer.subarray(0, count));
      buffer.copyWithin(0, count, length);
      length -= count;
      return taken;
    },
  };
};
