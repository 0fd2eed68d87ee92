import { deflateSync } from 'node:zlib';
import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { readFrames } from './frames.ts';
import { readRequest } from './request.ts';

const frame = (opcode: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(16);
  [body.length + 16, 7, 0, opcode].forEach((value, at) => void header.writeInt32LE(value, at * 4));
  return Buffer.concat([header, body]);
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
const message = (flags: number, ...sections: Uint8Array[]): Buffer => frame(2013, int32(flags), ...sections);
const body = (document: object): Buffer => Buffer.concat([Buffer.from([0]), serialize(document)]);
const sequence = (name: string, documents: object[]): Buffer => {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((document) => serialize(document))]);
  return Buffer.concat([Buffer.from([1]), int32(content.length + 4), content]);
};
const withChecksum = (bytes: Buffer): Buffer => {
  const whole = Buffer.concat([bytes, int32(0)]);
  whole.writeInt32LE(whole.length, 0);
  whole.writeUInt32LE(crc32c(whole.subarray(0, -4)), whole.length - 4);
  return whole;
};

describe('a request', () => {
  it('is read from OP_MSG, its document sequences as arrays', () => {
    const read = readRequest(
      message(0, sequence('documents', [{ a: 'x' }, { a: 'y' }]), body({ insert: 'users', $db: 'legacy' })),
    );
    expect(read).toMatchObject({ id: 7, opcode: 'OP_MSG', database: 'legacy', wantsReply: true, compressed: false });
    expect(read.command).toMatchObject({ insert: 'users', documents: [{ a: 'x' }, { a: 'y' }] });
    expect(Object.keys(read.command)[0]).toBe('insert');
  });

  it('is read from OP_QUERY, as old drivers greet', () => {
    const query = frame(2004, int32(4), Buffer.from('admin.$cmd\0'), int32(0), int32(-1), serialize({ isMaster: 'x' }));
    expect(readRequest(query)).toMatchObject({ opcode: 'OP_QUERY', database: 'admin', command: { isMaster: 'x' } });
  });

  it('is read out of zlib, and remembers it', () => {
    const inner = message(0, body({ ping: 'x', $db: 'admin' })).subarray(16);
    const packed = frame(2012, int32(2013), int32(inner.length), Buffer.from([2]), deflateSync(inner));
    expect(readRequest(packed)).toMatchObject({ command: { ping: 'x' }, compressed: true });
  });

  it('keeps its flags: no answer wanted, several answers taken', () => {
    expect(readRequest(message(2, body({ insert: 'x', $db: 'd' })))).toMatchObject({ wantsReply: false });
    expect(readRequest(message(1 << 16, body({ hello: 1, $db: 'd' })))).toMatchObject({ allowsExhaust: true });
  });

  it('with a checksum is read only if that is right', () => {
    const right = withChecksum(message(1, body({ ping: 'x', $db: 'admin' })));
    expect(readRequest(right).command).toMatchObject({ ping: 'x' });
    const wrong = Buffer.from(right);
    wrong.writeUInt8(wrong.readUInt8(30) ^ 1, 30);
    expect(() => readRequest(wrong)).toThrow(expect.objectContaining({ code: 258 }));
  });

  it.each([
    ['an unknown flag', message(4, body({ ping: 1, $db: 'd' })), 223],
    ['no database', message(0, body({ ping: 1 })), 40571],
    ['two bodies', message(0, body({ ping: 1, $db: 'd' }), body({ ping: 1, $db: 'd' })), 40430],
    ['an unknown kind of section', message(0, Buffer.from([9])), 40432],
    ['no body', message(0, sequence('documents', [])), 40587],
  ])('with %s is answered with an error', (_what, bytes, code) => {
    expect(() => readRequest(bytes)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['another opcode', frame(2001)],
    ['a document longer than itself', message(0, Buffer.concat([Buffer.from([0]), int32(500), Buffer.alloc(10)]))],
    ['a sequence longer than itself', message(0, Buffer.concat([Buffer.from([1]), int32(500), Buffer.alloc(10)]))],
  ])('with %s makes the server hang up', (_what, bytes) => {
    expect(() => readRequest(bytes)).toThrow(RangeError);
  });
});

describe('frames', () => {
  const all = async (bytes: Buffer, size: number): Promise<Buffer[]> => {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const frames: Buffer[] = [];
    for await (const one of readFrames(pieces())) frames.push(Buffer.from(one));
    return frames;
  };

  it.each([1, 3, 16, 17, 50, 10_000])('are the same wherever the stream is cut: every %i bytes', async (size) => {
    const sent = [frame(2013, Buffer.alloc(40, 1)), frame(2013), frame(2013, Buffer.alloc(7, 2))];
    expect(await all(Buffer.concat(sent), size)).toEqual(sent);
  });

  it('of a length that none has are refused', async () => {
    await expect(all(Buffer.from('GET / HTTP/1.1\r\n\r\n'), 100)).rejects.toThrow(RangeError);
  });
});

describe('the checksum', () => {
  it.each([
    ['', 0],
    ['123456789', 0xe3069283],
  ])('of %j is that of the standard', (text, sum) => {
    expect(crc32c(Buffer.from(text))).toBe(sum);
  });

  it('of 32 zero bytes is that of RFC 3720', () => {
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });
});
