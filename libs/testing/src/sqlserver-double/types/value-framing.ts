import type { ByteReader } from '../wire/byte-reader.ts';
import type { ByteWriter } from '../wire/byte-writer.ts';
import { decodeValue, encodeValue } from './value-codec.ts';
import { MAX_MARK, SIZED, type WireType } from './wire-type.ts';

/** Writes a value with its length; null and undefined are NULL. Throws where the value does not fit the type. */
export const writeValue = (writer: ByteWriter, type: WireType, value: unknown): void => {
  const bytes = value === null || value === undefined ? undefined : encodeValue(type, value);
  if (type.framing === 'chunks') writeChunks(writer, bytes);
  else if (type.framing === 'pointer') writePointer(writer, bytes);
  else writeCounted(writer, type, bytes);
};

const writeCounted = (writer: ByteWriter, type: WireType, bytes: Buffer | undefined): void => {
  if (type.framing === 'short') writer.u16(bytes?.length ?? MAX_MARK);
  else if (type.framing === 'byte') writer.u8(bytes?.length ?? 0);
  else if (bytes === undefined) throw new SyntaxError('NULL in a column that takes none');
  if (bytes !== undefined) writer.bytes(bytes);
};

const NO_CHUNKS = 0xffffffffffffffffn;

const writeChunks = (writer: ByteWriter, bytes: Buffer | undefined): void => {
  if (bytes === undefined) {
    writer.u64(NO_CHUNKS);
    return;
  }
  writer.u64(BigInt(bytes.length));
  for (let at = 0; at < bytes.length; at += 8000) {
    const chunk = bytes.subarray(at, at + 8000);
    writer.u32(chunk.length);
    writer.bytes(chunk);
  }
  writer.u32(0);
};

const writePointer = (writer: ByteWriter, bytes: Buffer | undefined): void => {
  if (bytes === undefined) {
    writer.u8(0);
    return;
  }
  writer.u8(16);
  writer.bytes(Buffer.alloc(24));
  writer.u32(bytes.length);
  writer.bytes(bytes);
};

/** Reads a parameter's value; null for NULL. Throws RangeError where the bytes end too early. */
export const readValue = (reader: ByteReader, type: WireType): unknown => {
  const bytes = readBytes(reader, type);
  return bytes === null ? null : decodeValue(type, bytes);
};

const readBytes = (reader: ByteReader, type: WireType): Buffer | null => {
  if (type.framing === 'fixed') return reader.take(SIZED[type.name]?.size ?? 0);
  if (type.framing === 'chunks') return readChunks(reader);
  if (type.framing === 'byte') {
    const length = reader.u8();
    return length === 0 ? null : reader.take(length);
  }
  const length = type.framing === 'short' ? reader.u16() : reader.u32();
  return length === (type.framing === 'short' ? MAX_MARK : 0xffffffff) ? null : reader.take(length);
};

const readChunks = (reader: ByteReader): Buffer | null => {
  if (reader.u64() === NO_CHUNKS) return null;
  const chunks: Buffer[] = [];
  for (let length = reader.u32(); length > 0; length = reader.u32()) chunks.push(reader.take(length));
  return Buffer.concat(chunks);
};
