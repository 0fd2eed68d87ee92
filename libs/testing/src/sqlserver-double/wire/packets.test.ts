import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacketReader, createPacketWriter, type Message } from './packets.ts';

const write = async (payload: Uint8Array, packetBytes: number): Promise<Buffer> => {
  const sent: Buffer[] = [];
  const packets = createPacketWriter(4, packetBytes, async (bytes) => void sent.push(bytes));
  packets.content.bytes(payload.subarray(0, payload.length / 2));
  await packets.flush();
  packets.content.bytes(payload.subarray(payload.length / 2));
  await packets.end();
  return Buffer.concat(sent);
};

const read = (bytes: Buffer, chunkBytes: number): Message[] => {
  const messages: Message[] = [];
  const receive = createPacketReader((message) => messages.push(message));
  for (let at = 0; at < bytes.length; at += chunkBytes) receive(bytes.subarray(at, at + chunkBytes));
  return messages;
};

describe('packets', () => {
  it('a message is the same whatever its packets and wherever the stream was cut', async () => {
    const anyMessage = fc.uint8Array({ maxLength: 5000 });
    const sizes = fc.integer({ min: 512, max: 4096 });
    await fc.assert(
      fc.asyncProperty(
        anyMessage,
        sizes,
        fc.integer({ min: 1, max: 700 }),
        async (payload, packetBytes, chunkBytes) => {
          const bytes = Buffer.concat([await write(payload, packetBytes), await write(payload, packetBytes)]);
          const messages = read(bytes, chunkBytes);
          expect(messages.map((message) => message.payload)).toEqual([Buffer.from(payload), Buffer.from(payload)]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('no packet is larger than agreed, and only the last says that it is the last', async () => {
    const bytes = await write(new Uint8Array(504 * 3), 512);
    const headers = [0, 512, 1024].map((at) => bytes.subarray(at, at + 8).toString('hex'));
    expect(bytes.length).toBe(3 * 512);
    expect(headers).toEqual(['0400020000000100', '0400020000000200', '0401020000000300']);
  });

  it('the flags of a message are those of its packets', () => {
    const packet = (status: number, body: string): Buffer =>
      Buffer.concat([Buffer.from([1, status, 0, 8 + body.length, 0, 0, 1, 0]), Buffer.from(body)]);
    expect(read(Buffer.concat([packet(8, 'a'), packet(1, 'b')]), 100)).toEqual([
      { type: 1, payload: Buffer.from('ab'), ignored: false, reset: 'all' },
    ]);
    expect(read(packet(0x13, 'c'), 100)).toMatchObject([{ ignored: true, reset: 'keep-transaction' }]);
  });

  it('a length below the header is refused rather than looped over', () => {
    expect(() => read(Buffer.from([1, 1, 0, 3, 0, 0, 0, 0]), 8)).toThrow(RangeError);
  });
});
