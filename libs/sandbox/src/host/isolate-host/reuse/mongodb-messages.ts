/** The outline of a stream of MongoDB's messages: a head of sixteen bytes, then flags and documents. */

export type MongodbMessage = {
  readonly id: number;
  readonly responseTo: number;
  readonly opcode: number;
  /** Of `OP_MSG`. */
  readonly flags: number;
  /** The document of a command or answer, or its beginning where it is large. */
  readonly document: Buffer;
};
export type MongodbReader = {
  push(bytes: Uint8Array): void;
  /** Whether the last message is whole. */
  isBetween(): boolean;
  /** Whether something came that cannot be a message; nothing is read from there on. */
  isLost(): boolean;
};

export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_MSG = 2013;
export const MORE_TO_COME = 2;
export const EXHAUST_ALLOWED = 1 << 16;
const HEAD_BYTES = 16;
const KEEP_BYTES = 16 * 1024;
const MESSAGE_BYTES_MAX = 48_000_000 + KEEP_BYTES;
/** Before the document of an answer of old: flags, cursor, two counts. */
const REPLY_HEAD_BYTES = 20;

/** Where the document begins in what follows the head; undefined where there is none. */
function documentAt(opcode: number, body: Buffer): number | undefined {
  if (opcode === OP_MSG) return body.length > 5 && body[4] === 0 ? 5 : undefined;
  if (opcode === OP_REPLY) return REPLY_HEAD_BYTES;
  if (opcode !== OP_QUERY) return undefined;
  const nameEnd = body.indexOf(0, 4);
  return nameEnd < 0 ? undefined : nameEnd + 9;
}

/** Hands on each message once it is whole, with no more of it than is looked at. */
export function createMongodbReader(onMessage: (message: MongodbMessage) => void): MongodbReader {
  const kept = Buffer.alloc(HEAD_BYTES + KEEP_BYTES);
  let have = 0;
  let wanted = HEAD_BYTES;
  let isLost = false;

  const onHead = (): void => {
    wanted = kept.readUInt32LE(0);
    isLost = wanted <= HEAD_BYTES + 5 || wanted > MESSAGE_BYTES_MAX;
  };
  const onWhole = (): void => {
    const body = Buffer.from(kept.subarray(HEAD_BYTES, Math.min(have, kept.length)));
    const opcode = kept.readInt32LE(12);
    const at = documentAt(opcode, body);
    isLost = at === undefined || body.length < at + 5;
    const [id, responseTo] = [kept.readInt32LE(4), kept.readInt32LE(8)];
    have = 0;
    wanted = HEAD_BYTES;
    const flags = opcode === OP_MSG ? body.readUInt32LE(0) : 0;
    if (!isLost) onMessage({ id, responseTo, opcode, flags, document: body.subarray(at) });
  };
  return {
    isBetween: () => have === 0 && !isLost,
    isLost: () => isLost,
    push(bytes) {
      let at = 0;
      while (at < bytes.length && !isLost) {
        const taken = Math.min(wanted - have, bytes.length - at);
        if (have < kept.length) kept.set(bytes.subarray(at, at + Math.min(taken, kept.length - have)), have);
        have += taken;
        at += taken;
        if (have === HEAD_BYTES && wanted === HEAD_BYTES) onHead();
        else if (have === wanted) onWhole();
      }
    },
  };
}

/** A command as one message. */
export function mongodbCommand(id: number, document: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES + 5);
  head.writeUInt32LE(head.length + document.length, 0);
  head.writeInt32LE(id, 4);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, document]);
}
