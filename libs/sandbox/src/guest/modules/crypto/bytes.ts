/** Conversions that all of `crypto` shares. */
import { Buffer } from '../buffer.ts';

export type BinaryLike = string | ArrayBufferView | ArrayBuffer;

function invalidType(name: string): TypeError {
  const kinds = 'must be of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView.';
  return Object.assign(new TypeError(`The "${name}" argument ${kinds}`), { code: 'ERR_INVALID_ARG_TYPE' });
}

export function toBytes(data: unknown, encoding?: string, name = 'data'): Uint8Array {
  if (typeof data === 'string') {
    return Buffer.from(data, (encoding === 'buffer' ? 'utf8' : encoding) as BufferEncoding);
  }
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw invalidType(name);
}

export const toBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);

export const output = (bytes: Uint8Array, encoding?: string): string | Buffer =>
  encoding && encoding !== 'buffer' ? toBuffer(bytes).toString(encoding as BufferEncoding) : toBuffer(bytes);

/** An own copy whose buffer holds nothing else, as what crosses the boundary must be. */
export const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
