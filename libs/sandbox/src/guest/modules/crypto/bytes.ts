/** Conversions that all of `crypto` shares. */
import { Buffer } from '../buffer.ts';
import { invalidArgType } from '../node-errors.ts';

const ANY_BYTES = 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView';

/** Bytes of text, a view or a buffer, without a copy where there is one. Throws ERR_INVALID_ARG_TYPE. */
export function toBytes(data: unknown, encoding?: string, name = 'data'): Uint8Array {
  if (typeof data === 'string') {
    const known = encoding !== undefined && Buffer.isEncoding(encoding);
    return Buffer.from(data, known ? (encoding as BufferEncoding) : 'utf8');
  }
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw invalidArgType(name, ANY_BYTES, data);
}

const toBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);

export const output = (bytes: Uint8Array, encoding?: string): string | Buffer =>
  encoding && encoding !== 'buffer' ? toBuffer(bytes).toString(encoding as BufferEncoding) : toBuffer(bytes);

/** An own copy whose buffer holds nothing else, as what crosses the boundary must be. */
export const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
