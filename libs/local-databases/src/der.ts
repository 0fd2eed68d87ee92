/** ASN.1 DER, as far as an X.509 certificate needs it (ITU-T X.690). */
export const der = {
  sequence: (...parts: Buffer[]) => tagged(0x30, ...parts),
  set: (...parts: Buffer[]) => tagged(0x31, ...parts),
  /** A non-negative integer from its big-endian bytes. */
  integer: (bytes: Buffer) => tagged(0x02, bytes.length > 0 && (bytes[0] ?? 0) < 0x80 ? bytes : prefixZero(bytes)),
  boolean: (value: boolean) => tagged(0x01, Buffer.from([value ? 0xff : 0])),
  utf8: (text: string) => tagged(0x0c, Buffer.from(text)),
  octets: (...parts: Buffer[]) => tagged(0x04, ...parts),
  bits: (bytes: Buffer, unusedBits = 0) => tagged(0x03, Buffer.from([unusedBits]), bytes),
  oid: (dotted: string) => tagged(0x06, oidBytes(dotted)),
  time: (date: Date) => tagged(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`)),
  /** Context-specific tag `number`, constructed unless `primitive`. */
  context: (number: number, content: Buffer, primitive = false) => tagged((primitive ? 0x80 : 0xa0) | number, content),
};

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthBytes(content.length), content]);
}

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  return length < 0x100 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
}

function prefixZero(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0]), bytes]);
}

function oidBytes(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return Buffer.from([first * 40 + second, ...rest.flatMap(base128)]);
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}
