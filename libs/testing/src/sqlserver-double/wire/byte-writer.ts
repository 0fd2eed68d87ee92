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
  // Room comes first: it may replace the buffer that is then written to.
  const field = <Value>(size: number, write: (target: Buffer, value: Value, at: number) => void) => {
    return (value: Value): void => {
      const at = room(size);
      write(buffer, value, at);
    };
  };
  const u8 = field<number>(1, (target, value, at) => target.writeUInt8(value, at));
  const u16 = field<number>(2, (target, value, at) => target.writeUInt16LE(value, at));
  return {
    u8,
    u16,
    u16be: field<number>(2, (target, value, at) => target.writeUInt16BE(value, at)),
    u32: field<number>(4, (target, value, at) => target.writeUInt32LE(value, at)),
    u32be: field<number>(4, (target, value, at) => target.writeUInt32BE(value, at)),
    i32: field<number>(4, (target, value, at) => target.writeInt32LE(value, at)),
    u64: field<bigint>(8, (target, value, at) => target.writeBigUInt64LE(value, at)),
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
