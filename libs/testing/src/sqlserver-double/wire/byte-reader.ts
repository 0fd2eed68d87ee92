/** Reads TDS fields (little endian unless the name says otherwise) one after the other from `bytes`. */
export type ByteReader = ReturnType<typeof createByteReader>;

/** A reader at the start of `bytes`. Every method throws RangeError where the bytes end too early. */
export const createByteReader = (bytes: Buffer, start = 0) => {
  let offset = start;
  const advance = (length: number): number => {
    if (length < 0 || offset + length > bytes.length) throw new RangeError('a TDS message ends too early');
    offset += length;
    return offset - length;
  };
  const take = (length: number): Buffer => {
    const from = advance(length);
    return bytes.subarray(from, from + length);
  };
  const u8 = (): number => bytes.readUInt8(advance(1));
  const u16 = (): number => bytes.readUInt16LE(advance(2));
  const characters = (count: number): string => take(count * 2).toString('utf16le');
  return {
    u8,
    u16,
    u16be: () => bytes.readUInt16BE(advance(2)),
    u32: () => bytes.readUInt32LE(advance(4)),
    u64: () => bytes.readBigUInt64LE(advance(8)),
    take,
    skip: (length: number): void => void advance(length),
    /** `count` UTF-16 code units. */
    characters,
    /** A text with its length in code units in one byte before it. */
    shortText: () => characters(u8()),
    /** A text with its length in code units in two bytes before it. */
    longText: () => characters(u16()),
    remaining: () => bytes.length - offset,
    rest: () => take(bytes.length - offset),
  };
};
