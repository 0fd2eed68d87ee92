import type { ByteReader } from './byte-reader.ts';

const TRANSACTION_DESCRIPTOR = 2;

/** Reads ALL_HEADERS (MS-TDS 2.2.5.3), which open every request, and returns the transaction that it belongs to. */
export const readTransactionDescriptor = (reader: ByteReader): bigint => {
  let left = reader.u32() - 4;
  let descriptor = 0n;
  while (left > 0) {
    const length = reader.u32();
    const type = reader.u16();
    if (type === TRANSACTION_DESCRIPTOR) {
      descriptor = reader.u64();
      reader.skip(length - 14);
    } else {
      reader.skip(length - 6);
    }
    left -= length;
  }
  return descriptor;
};
