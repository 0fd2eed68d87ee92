/** The outline of a stream of TDS messages (MS-TDS 2.2.3): packets with heads of eight bytes, the last of them marked. */

export type TdsMessage = {
  readonly type: number;
  /** The status bits of all packets together. */
  readonly status: number;
  /** Of the server's process, in its answers. */
  readonly processId: number;
  /** The packets as they came; undefined where they are more than is kept. */
  readonly packets: Buffer | undefined;
  /** What lies in the first packet, as far as it is kept. */
  readonly start: Buffer;
};
export type TdsReader = {
  push(bytes: Buffer): void;
  /** Whether the last message is whole. */
  isBetween(): boolean;
  /** Whether something came that cannot be a packet; nothing is read from there on. */
  isLost(): boolean;
};

export const TDS = {
  batch: 1,
  call: 3,
  answer: 4,
  bulk: 7,
  transaction: 14,
  login: 16,
  prelogin: 18,
} as const;
export const IGNORED = 2;
export const RESET_CONNECTION = 8;
const TYPES = new Set<number>([...Object.values(TDS), 6]);
const END_OF_MESSAGE = 1;
const TDS_HEAD_BYTES = 8;
const KEEP_BYTES = 32 * 1024;

/** Hands on each message once it is whole. */
export function createTdsReader(onMessage: (message: TdsMessage) => void): TdsReader {
  const kept = Buffer.alloc(KEEP_BYTES);
  const head = Buffer.alloc(TDS_HEAD_BYTES);
  let headBytes = 0;
  let keptBytes = 0;
  let bytesLeft = 0;
  let isLarge = false;
  let isLost = false;
  let isMidway = false;
  let status = 0;
  let processId = 0;

  const keep = (bytes: Buffer): void => {
    isLarge ||= keptBytes + bytes.length > KEEP_BYTES;
    const taken = bytes.subarray(0, KEEP_BYTES - keptBytes);
    kept.set(taken, keptBytes);
    keptBytes += taken.length;
  };
  const onHead = (): void => {
    const length = head.readUInt16BE(2);
    isLost = !TYPES.has(head[0] as number) || length < TDS_HEAD_BYTES;
    bytesLeft = length - TDS_HEAD_BYTES;
    status |= head[1] as number;
    if (!isMidway) processId = head.readUInt16BE(4);
    isMidway = true;
    keep(head);
  };
  const onPacket = (): void => {
    headBytes = 0;
    if ((status & END_OF_MESSAGE) === 0) return;
    const packets = Buffer.from(kept.subarray(0, keptBytes));
    const start = packets.subarray(TDS_HEAD_BYTES, packets.readUInt16BE(2));
    const message = { type: packets[0] as number, status, processId, packets: isLarge ? undefined : packets, start };
    keptBytes = 0;
    status = 0;
    isLarge = false;
    isMidway = false;
    onMessage(message);
  };
  return {
    isBetween: () => !isMidway && headBytes === 0 && !isLost,
    isLost: () => isLost,
    push(bytes) {
      let rest = bytes;
      while (rest.length > 0 && !isLost) {
        const isInHead = headBytes < TDS_HEAD_BYTES;
        const taken = rest.subarray(0, isInHead ? TDS_HEAD_BYTES - headBytes : bytesLeft);
        rest = rest.subarray(taken.length);
        if (isInHead) {
          head.set(taken, headBytes);
          headBytes += taken.length;
          if (headBytes === TDS_HEAD_BYTES) onHead();
        } else {
          keep(taken);
          bytesLeft -= taken.length;
        }
        if (headBytes === TDS_HEAD_BYTES && bytesLeft === 0 && !isLost) onPacket();
      }
    },
  };
}

/** What lies in the packets of a whole message, without their heads. */
export function tdsPayload(packets: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + TDS_HEAD_BYTES <= packets.length; at += packets.readUInt16BE(at + 2)) {
    parts.push(packets.subarray(at + TDS_HEAD_BYTES, at + packets.readUInt16BE(at + 2)));
  }
  return Buffer.concat(parts);
}
