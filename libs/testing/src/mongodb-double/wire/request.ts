import { inflateSync } from 'node:zlib';
import type { Document } from 'bson';
import { failure } from '../failure.ts';
import { readDocumentAt } from './bson.ts';
import { crc32c } from './crc32c.ts';
import { HEADER_BYTES, MAX_MESSAGE_BYTES } from './frames.ts';

/** The opcodes that a double reads or writes. */
export const OPCODE = { reply: 1, query: 2004, compressed: 2012, message: 2013 } as const;

/** Bits of OP_MSG. */
export const FLAG = { checksumPresent: 1, moreToCome: 2, exhaustAllowed: 1 << 16 } as const;

const ZLIB = 2;
const REQUIRED_FLAGS = 0xffff;

/** One command as it came. */
export type Request = {
  readonly id: number;
  readonly opcode: 'OP_MSG' | 'OP_QUERY';
  readonly database: string;
  /** Document sequences are arrays of it. */
  readonly command: Document;
  /** False for a write that nobody waits for (`w: 0`). */
  readonly wantsReply: boolean;
  /** The client takes several replies to this one request. */
  readonly allowsExhaust: boolean;
  /** The reply is to be compressed as the request was. */
  readonly compressed: boolean;
};

/** The id that a reply names. */
export const readRequestId = (frame: Buffer): number => frame.readInt32LE(4);

/**
 * Reads a message. Throws a CommandFailure for what a server answers with an error, and another error for what makes it
 * hang up.
 */
export const readRequest = (frame: Buffer): Request => {
  const opcode = frame.readInt32LE(12);
  if (opcode === OPCODE.message) return readMessage(frame);
  if (opcode === OPCODE.query) return readQuery(frame);
  if (opcode === OPCODE.compressed) return { ...readRequest(decompress(frame)), compressed: true };
  throw new RangeError(`opcode ${opcode}`);
};

const decompress = (frame: Buffer): Buffer => {
  const length = frame.readInt32LE(20);
  if (frame.readUInt8(24) !== ZLIB) throw new RangeError('a compressor that was not agreed upon');
  const inner = inflateSync(frame.subarray(25), { maxOutputLength: MAX_MESSAGE_BYTES });
  if (inner.length !== length) throw new RangeError('a compressed message of another length');
  const header = Buffer.from(frame.subarray(0, HEADER_BYTES));
  header.writeInt32LE(HEADER_BYTES + length, 0);
  header.writeInt32LE(frame.readInt32LE(16), 12);
  return Buffer.concat([header, inner]);
};

const readMessage = (frame: Buffer): Request => {
  const flags = frame.readUInt32LE(HEADER_BYTES);
  const known = FLAG.checksumPresent | FLAG.moreToCome;
  const illegal = flags & REQUIRED_FLAGS & ~known;
  if (illegal !== 0) throw failure(223, `Message contains illegal flags value: Ob${illegal.toString(2)}`);
  const hasChecksum = (flags & FLAG.checksumPresent) !== 0;
  if (hasChecksum) checkSum(frame);
  const command = readSections(hasChecksum ? frame.subarray(0, -4) : frame);
  const { $db: database } = command;
  if (typeof database !== 'string') throw failure(40571, 'OP_MSG requests require a $db argument');
  return {
    id: readRequestId(frame),
    opcode: 'OP_MSG',
    database,
    command,
    wantsReply: (flags & FLAG.moreToCome) === 0,
    allowsExhaust: (flags & FLAG.exhaustAllowed) !== 0,
    compressed: false,
  };
};

const checkSum = (frame: Buffer): void => {
  const at = frame.length - 4;
  if (frame.readUInt32LE(at) === crc32c(frame.subarray(0, at))) return;
  throw failure(258, 'OP_MSG checksum does not match contents');
};

const readSections = (frame: Buffer): Document => {
  const sequences: Document = {};
  let body: Document | undefined;
  let at = HEADER_BYTES + 4;
  while (at < frame.length) {
    const kind = frame.readUInt8(at);
    if (kind === 0 && body === undefined) {
      const read = readDocumentAt(frame, at + 1);
      body = read.document;
      at = read.end;
    } else if (kind === 1) {
      const end = at + 1 + frame.readInt32LE(at + 1);
      if (end < at + 6 || end > frame.length) throw new RangeError('a section is longer than its message');
      readSequence(frame.subarray(at + 5, end), sequences);
      at = end;
    } else
      throw failure(
        kind === 0 ? 40430 : 40432,
        kind === 0 ? 'Multiple body sections in message' : 'Unknown section kind',
      );
  }
  if (body === undefined) throw failure(40587, 'OP_MSG messages must have a body');
  return { ...body, ...sequences };
};

const readSequence = (bytes: Buffer, sequences: Document): void => {
  const name = readText(bytes, 0);
  const documents: Document[] = [];
  let at = name.end;
  while (at < bytes.length) {
    const { document, end } = readDocumentAt(bytes, at);
    documents.push(document);
    at = end;
  }
  sequences[name.text] = documents;
};

const readText = (bytes: Buffer, offset: number): { text: string; end: number } => {
  const end = bytes.indexOf(0, offset);
  if (end < 0) throw new RangeError('a text without an end');
  return { text: bytes.toString('utf8', offset, end), end: end + 1 };
};

const readQuery = (frame: Buffer): Request => {
  const { text: name, end } = readText(frame, HEADER_BYTES + 4);
  const { document } = readDocumentAt(frame, end + 8);
  if (!name.endsWith('.$cmd')) {
    throw failure(5739101, 'OP_QUERY is no longer supported. The client driver may require an upgrade.');
  }
  const { $query: query, ...modifiers } = document;
  const command = typeof query === 'object' ? { ...query, ...modifiers } : document;
  return {
    id: readRequestId(frame),
    opcode: 'OP_QUERY',
    database: name.slice(0, -'.$cmd'.length),
    command,
    wantsReply: true,
    allowsExhaust: false,
    compressed: false,
  };
};
