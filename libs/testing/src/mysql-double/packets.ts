/** Framing of the MySQL protocol: packets of a length, a sequence number and a body. */

const HEADER_BYTES = 4;

/** One packet as it came. */
export type Packet = { readonly sequence: number; readonly body: Buffer };

type PacketReader = {
  push(bytes: Buffer): Packet[];
  /** Bytes behind the last whole packet. */
  readonly rest: Buffer;
};

/** Cuts what arrives into packets; bodies are below 16 MiB here. */
export const createPacketReader = (): PacketReader => {
  let held = Buffer.alloc(0);
  return {
    get rest() {
      return held;
    },
    push(bytes) {
      held = Buffer.concat([held, bytes]);
      const packets: Packet[] = [];
      for (;;) {
        if (held.length < HEADER_BYTES) return packets;
        const end = HEADER_BYTES + held.readUIntLE(0, 3);
        if (held.length < end) return packets;
        packets.push({ sequence: held.readUInt8(3), body: held.subarray(HEADER_BYTES, end) });
        held = held.subarray(end);
      }
    },
  };
};

/** Bodies as packets, numbered from `sequence` on. */
export const framePackets = (sequence: number, bodies: readonly Buffer[]): Buffer =>
  Buffer.concat(
    bodies.flatMap((body, index) => {
      const header = Buffer.alloc(HEADER_BYTES);
      header.writeUIntLE(body.length, 0, 3);
      header.writeUInt8((sequence + index) % 256, 3);
      return [header, body];
    }),
  );

export const uint8 = (value: number): Buffer => Buffer.from([value]);

export const uint16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A text that ends with a zero byte. */
export const zeroText = (text: string): Buffer => Buffer.from(`${text}\0`);

/** A number in the protocol's variable length, up to 65535. */
export const lengthEncoded = (value: number): Buffer =>
  value < 251 ? uint8(value) : Buffer.concat([uint8(0xfc), uint16(value)]);

/** A text after its length; `null` is NULL. */
export const lengthText = (text: string | null): Buffer => {
  if (text === null) return uint8(0xfb);
  const bytes = Buffer.from(text);
  return Buffer.concat([lengthEncoded(bytes.length), bytes]);
};
