/** Protocol names as they go over the wire: each with its length before it. */
import { Buffer } from '../buffer.ts';
import { invalidArgValue, nodeError } from '../node-errors.ts';

const LENGTH_MAX = 255;

function withLength(protocol: unknown, index: number): Buffer {
  const length = Buffer.byteLength(protocol as string);
  if (length <= LENGTH_MAX) return Buffer.concat([Buffer.from([length]), Buffer.from(protocol as string)]);
  const message = `The byte length of the protocol at index ${index} exceeds the maximum length.`;
  throw nodeError(RangeError, 'ERR_OUT_OF_RANGE', `${message} It must be <= ${LENGTH_MAX}. Received ${length}`);
}

function assertWhole(bytes: Buffer): Buffer {
  for (let at = 0; at < bytes.length; at += (bytes[at] as number) + 1) {
    const length = bytes[at] as number;
    if (at + length >= bytes.length) throw invalidArgValue('ALPNProtocols', bytes, 'contains truncated protocol');
  }
  return bytes;
}

/** Puts the names into `out.ALPNProtocols`; what is neither a list nor bytes is passed over, as in Node. */
export function convertAlpnProtocols(protocols: unknown, out: { ALPNProtocols?: Buffer }): void {
  if (Array.isArray(protocols)) out.ALPNProtocols = Buffer.concat(protocols.map(withLength));
  else if (ArrayBuffer.isView(protocols)) {
    const { buffer, byteOffset, byteLength } = protocols;
    out.ALPNProtocols = assertWhole(Buffer.from(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer));
  }
}
