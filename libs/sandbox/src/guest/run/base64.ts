import { Buffer } from '../modules/buffer.ts';

export const bytesToBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength).toString('base64');
