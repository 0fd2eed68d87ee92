/** The outline of a stream of MySQL's packets: three bytes for the length, one for the place in its exchange, then the body. */

export type Packet = { readonly place: number; readonly length: number; readonly start: Buffer };
export type PacketReader = {
  push(bytes: Uint8Array): void;
  /** Whether the last packet is whole. */
  isBetween(): boolean;
};

const HEAD_BYTES = 4;

/** Hands on of each whole packet its head and the first `keepBytes` of its body, and keeps no more. */
export function createPacketReader(keepBytes: number, onPacket: (packet: Packet) => void): PacketReader {
  const kept = Buffer.alloc(HEAD_BYTES + keepBytes);
  let have = 0;
  let wanted = HEAD_BYTES;

  const onWhole = (): void => {
    const length = kept.readUIntLE(0, 3);
    const start = Buffer.from(kept.subarray(HEAD_BYTES, HEAD_BYTES + Math.min(length, keepBytes)));
    have = 0;
    wanted = HEAD_BYTES;
    onPacket({ place: kept[3] as number, length, start });
  };
  return {
    isBetween: () => have === 0,
    push(bytes) {
      let at = 0;
      while (at < bytes.length) {
        const taken = Math.min(wanted - have, bytes.length - at);
        if (have < kept.length) kept.set(bytes.subarray(at, at + Math.min(taken, kept.length - have)), have);
        have += taken;
        at += taken;
        if (have === HEAD_BYTES && wanted === HEAD_BYTES) wanted = HEAD_BYTES + kept.readUIntLE(0, 3);
        if (have === wanted) onWhole();
      }
    },
  };
}

/** A packet that begins an exchange: a command and what belongs to it. */
export function commandPacket(command: number, text = ''): Buffer {
  const body = Buffer.concat([Buffer.from([command]), Buffer.from(text)]);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([head, body]);
}
