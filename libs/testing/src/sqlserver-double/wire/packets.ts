import { createByteWriter } from './byte-writer.ts';

/** Packet types of MS-TDS 2.2.3.1.1. */
export const PACKET = {
  batch: 0x01,
  rpc: 0x03,
  reply: 0x04,
  attention: 0x06,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12,
} as const;

const TYPES = new Set<number>(Object.values(PACKET));
const HEADER_BYTES = 8;
const END_OF_MESSAGE = 0x01;
const IGNORE = 0x02;
const RESET_CONNECTION = 0x08;
const RESET_KEEPING_TRANSACTION = 0x10;

/** A message put together from its packets. */
export type Message = {
  type: number;
  payload: Buffer;
  /** The sender gave up while sending: what came is not to be executed. */
  ignored: boolean;
  /** The session is to be reset before the message is executed. */
  reset: 'no' | 'all' | 'keep-transaction';
};

const resetOf = (status: number): Message['reset'] => {
  if (status & RESET_CONNECTION) return 'all';
  return status & RESET_KEEPING_TRANSACTION ? 'keep-transaction' : 'no';
};

/** Joins packets into messages: give it chunks of bytes as they come, cut anywhere. Throws on an impossible header. */
export const createPacketReader = (onMessage: (message: Message) => void) => {
  let pending: Buffer = Buffer.alloc(0);
  let payloads: Buffer[] = [];
  let firstStatus: number | undefined;
  const onPacket = (packet: Buffer): void => {
    const status = packet.readUInt8(1);
    firstStatus ??= status;
    payloads.push(packet.subarray(HEADER_BYTES));
    if (!(status & END_OF_MESSAGE)) return;
    const message: Message = {
      type: packet.readUInt8(0),
      payload: Buffer.concat(payloads),
      ignored: (status & IGNORE) !== 0,
      reset: resetOf(firstStatus),
    };
    payloads = [];
    firstStatus = undefined;
    onMessage(message);
  };
  return (chunk: Buffer): void => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= HEADER_BYTES) {
      const length = pending.readUInt16BE(2);
      if (!TYPES.has(pending.readUInt8(0))) throw new RangeError('no TDS packet of the types that are known');
      if (length < HEADER_BYTES) throw new RangeError('a TDS packet is shorter than its header');
      if (pending.length < length) return;
      const packet = pending.subarray(0, length);
      pending = pending.subarray(length);
      onPacket(packet);
    }
  };
};

/** Splits one outgoing message into packets of `packetBytes`, header included. */
export const createPacketWriter = (type: number, packetBytes: number, send: (bytes: Buffer) => Promise<void>) => {
  const content = createByteWriter(packetBytes * 4);
  const room = packetBytes - HEADER_BYTES;
  let sent = 0;
  const packet = (payload: Buffer, status: number): Buffer => {
    sent += 1;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(type, 0);
    header.writeUInt8(status, 1);
    header.writeUInt16BE(HEADER_BYTES + payload.length, 2);
    header.writeUInt8(sent & 0xff, 6);
    return Buffer.concat([header, payload]);
  };
  const fullPackets = (): Buffer[] => {
    const packets: Buffer[] = [];
    const whole = content.take(Math.floor(Math.max(content.length() - 1, 0) / room) * room);
    for (let at = 0; at < whole.length; at += room) packets.push(packet(whole.subarray(at, at + room), 0));
    return packets;
  };
  return {
    content,
    /** Sends the packets that are full, keeping at least one byte for the last. */
    flush: async (thresholdBytes = room): Promise<void> => {
      if (content.length() <= thresholdBytes) return;
      await send(Buffer.concat(fullPackets()));
    },
    /** Sends all there is without ending the message: for a connection that is dropped in mid-reply. */
    flushUnfinished: async (): Promise<void> => {
      const packets = fullPackets();
      if (content.length() > 0) packets.push(packet(content.take(), 0));
      await send(Buffer.concat(packets));
    },
    end: async (): Promise<void> => {
      const packets = fullPackets();
      packets.push(packet(content.take(), END_OF_MESSAGE));
      await send(Buffer.concat(packets));
    },
  };
};
