import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteReader } from './byte-reader.ts';
import { createByteWriter } from './byte-writer.ts';

const field = fc.oneof(
  fc.record({ kind: fc.constant('u8' as const), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('u16' as const), value: fc.integer({ min: 0, max: 65_535 }) }),
  fc.record({ kind: fc.constant('u32' as const), value: fc.nat() }),
  fc.record({ kind: fc.constant('u64' as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ kind: fc.constant('longText' as const), value: fc.string({ maxLength: 40 }) }),
);

describe('bytes that are written', () => {
  it('are read back as they were, wherever the buffer had to grow', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 60 }), fc.integer({ min: 1, max: 32 }), (fields, initialBytes) => {
        const writer = createByteWriter(initialBytes);
        for (const { kind, value } of fields) (writer[kind] as (value: unknown) => void)(value);
        const reader = createByteReader(writer.take());
        expect(fields.map(({ kind }) => reader[kind]())).toEqual(fields.map(({ value }) => value));
        expect(reader.remaining()).toBe(0);
      }),
    );
  });

  it('are handed out from the front, and the rest stays', () => {
    const writer = createByteWriter(4);
    writer.bytes([1, 2, 3, 4, 5]);
    expect([...writer.take(2)]).toEqual([1, 2]);
    writer.u8(6);
    writer.truncate(3);
    expect([...writer.take()]).toEqual([3, 4, 5]);
  });

  it('a read past the end throws', () => {
    expect(() => createByteReader(Buffer.alloc(3)).u32()).toThrow(RangeError);
  });
});
