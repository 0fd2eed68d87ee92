import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteReader } from '../wire/byte-reader.ts';
import { createByteWriter } from '../wire/byte-writer.ts';
import { parseSqlType, printSqlType } from './sql-type.ts';
import { readTypeInfo, writeTypeInfo } from './type-info.ts';
import { convertValue } from './value-codec.ts';
import { readValue, writeValue } from './value-framing.ts';
import { wireType } from './wire-type.ts';

const there = (text: string, value: unknown): unknown => {
  const writer = createByteWriter();
  const type = wireType(parseSqlType(text), true);
  writeTypeInfo(writer, type);
  writeValue(writer, type, value);
  const reader = createByteReader(writer.take());
  const read = readTypeInfo(reader);
  if (read === undefined) throw new Error('the type was not read');
  expect(printSqlType(read)).toBe(printSqlType(type));
  const back = readValue(reader, read);
  expect(reader.remaining()).toBe(0);
  return back;
};

describe('values on the wire', () => {
  it('decimals keep every digit, up to 38', () => {
    const digits = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n });
    fc.assert(fc.property(digits, (n) => void expect(there('decimal(38, 0)', String(n))).toBe(String(n))));
    expect(there('numeric(38, 10)', '-1234567890123456789012345678.0123456789')).toBe(
      '-1234567890123456789012345678.0123456789',
    );
  });

  it('money keeps its four digits', () => {
    const ends = ['922337203685477.5807', '-922337203685477.5808', '-0.0001'];
    expect(ends.map((value) => there('money', value))).toEqual(ends);
  });

  it('texts and bytes of any length come back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        (text) => void expect(there('nvarchar(max)', text)).toBe(text),
      ),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (bytes) => void expect(there('varbinary(300)', bytes)).toEqual(Buffer.from(bytes)),
      ),
    );
  });

  it('moments from the year 1 to 9999 come back to the millisecond', () => {
    const moments = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (moment) => {
        expect(there('datetime2(7)', moment)).toEqual(moment);
        expect(there('datetimeoffset(3)', moment)).toEqual(moment);
      }),
    );
  });

  it.each(['int', 'bit', 'decimal(9, 2)', 'datetime2(7)', 'nvarchar(10)', 'varbinary(max)', 'uniqueidentifier', 'xml'])(
    'NULL as %s',
    (type) => expect(there(type, null)).toBeNull(),
  );

  it('a character outside of code page 1252 becomes a question mark in a varchar', () => {
    expect(there('varchar(20)', '€ é 漢')).toBe('€ é ?');
  });

  it('values are converted as a column keeps them, or refused without being shown', () => {
    const keep = (type: string, value: unknown) => convertValue(parseSqlType(type), value);
    expect([keep('int', '42'), keep('bit', 1), keep('decimal(9, 2)', 1.005), keep('bigint', 7)]).toEqual([
      42,
      true,
      '1.01',
      7n,
    ]);
    expect(keep('datetime2', '2024-02-29 13:14:15')).toEqual(new Date('2024-02-29T13:14:15Z'));
    for (const [type, value] of [
      ['int', 'hunter2'],
      ['tinyint', 256],
      ['decimal(3, 0)', '1000'],
      ['float', ''],
      ['date', 'x'],
    ]) {
      expect(() => keep(String(type), value)).toThrow(`the value does not fit ${type}`);
    }
  });
});
