import { deflateSync } from 'node:zlib';
import type { Document } from 'bson';
import { writeDocument } from './bson.ts';
import { HEADER_BYTES } from './frames.ts';
import { FLAG, OPCODE, type Request } from './request.ts';

const QUERY_FAILURE = 2;
const AWAIT_CAPABLE = 8;
const ZLIB = 2;

let lastId = 0;

const frame = (opcode: number, responseTo: number, parts: readonly Uint8Array[]): Buffer => {
  const bytes = parts.reduce((sum, part) => sum + part.length, HEADER_BYTES);
  const header = Buffer.alloc(HEADER_BYTES);
  lastId = (lastId + 1) & 0x7fffffff;
  [bytes, lastId, responseTo, opcode].forEach((value, at) => void header.writeInt32LE(value, at * 4));
  return Buffer.concat([header, ...parts]);
};

/** A reply in the form of the request: OP_MSG or OP_REPLY, compressed where the request was. */
export const writeReply = (
  { id, opcode, compressed }: Pick<Request, 'id' | 'opcode' | 'compressed'>,
  document: Document,
  more: { moreToCome?: boolean } = {},
): Buffer => {
  const reply = opcode === 'OP_MSG' ? writeMessage(id, document, more.moreToCome) : writeOldReply(id, document);
  return compressed ? compress(reply, id) : reply;
};

const writeMessage = (responseTo: number, document: Document, moreToCome = false): Buffer => {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(moreToCome ? FLAG.moreToCome : 0, 0);
  return frame(OPCODE.message, responseTo, [head, writeDocument(document)]);
};

const writeOldReply = (responseTo: number, document: Document): Buffer => {
  const head = Buffer.alloc(20);
  head.writeInt32LE('$err' in document ? QUERY_FAILURE | AWAIT_CAPABLE : AWAIT_CAPABLE, 0);
  head.writeInt32LE(1, 16);
  return frame(OPCODE.reply, responseTo, [head, writeDocument(document)]);
};

const compress = (reply: Buffer, responseTo: number): Buffer => {
  const head = Buffer.alloc(9);
  head.writeInt32LE(reply.readInt32LE(12), 0);
  head.writeInt32LE(reply.length - HEADER_BYTES, 4);
  head.writeUInt8(ZLIB, 8);
  return frame(OPCODE.compressed, responseTo, [head, deflateSync(reply.subarray(HEADER_BYTES))]);
};
