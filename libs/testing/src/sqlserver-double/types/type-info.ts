import type { ByteReader } from '../wire/byte-reader.ts';
import type { ByteWriter } from '../wire/byte-writer.ts';
import { decimalBytes } from './decimal-codec.ts';
import { MAX, type SqlTypeName, sqlType } from './sql-type.ts';
import { COLLATION, MAX_MARK, PLAIN, SIZED, VARIABLE, type Variable, type WireType } from './wire-type.ts';

/** Writes TYPE_INFO (MS-TDS 2.2.5.6). */
export const writeTypeInfo = (writer: ByteWriter, type: WireType): void => {
  const sized = SIZED[type.name];
  const variable = VARIABLE[type.name];
  if (sized !== undefined) {
    writer.u8(type.framing === 'fixed' ? sized.fixedId : sized.id);
    if (type.framing !== 'fixed') writer.u8(sized.size);
  } else if (variable !== undefined) {
    writer.u8(variable.id);
    if (type.framing === 'pointer') writer.u32(0x7fffffff);
    else writer.u16(type.length === MAX ? MAX_MARK : type.length * variable.unitBytes);
    if (variable.collated) writer.bytes(COLLATION);
  } else {
    writePlain(writer, type);
  }
};

const writePlain = (writer: ByteWriter, { name, precision, scale }: WireType): void => {
  writer.u8(PLAIN[name] ?? 0);
  if (name === 'uniqueidentifier') writer.u8(16);
  else if (name === 'xml') writer.u8(0);
  else if (name === 'decimal' || name === 'numeric') writer.bytes([decimalBytes(precision), precision, scale]);
  else if (name !== 'date') writer.u8(scale);
};

const bySize = (id: number, size: number): SqlTypeName | undefined =>
  (Object.keys(SIZED) as SqlTypeName[]).find((name) => SIZED[name]?.id === id && SIZED[name].size === size);

const byId = <Entry>(table: Partial<Record<SqlTypeName, Entry>>, isIt: (entry: Entry) => boolean) =>
  (Object.keys(table) as SqlTypeName[]).find((name) => isIt(table[name] as Entry));

/** Reads the TYPE_INFO of a parameter; undefined for types that the double does not speak. */
export const readTypeInfo = (reader: ByteReader): WireType | undefined => {
  const id = reader.u8();
  const fixed = byId(SIZED, (entry) => entry.fixedId === id);
  if (fixed !== undefined) return { ...sqlType(fixed), framing: 'fixed' };
  const variable = byId(VARIABLE, (entry) => entry.id === id);
  if (variable !== undefined) return readVariable(reader, variable);
  const plain = byId(PLAIN, (entry) => entry === id);
  if (plain !== undefined) return readPlain(reader, plain);
  if (byId(SIZED, (entry) => entry.id === id) === undefined) return undefined;
  const sized = bySize(id, reader.u8());
  return sized && { ...sqlType(sized), framing: 'byte' };
};

const readVariable = (reader: ByteReader, name: SqlTypeName): WireType => {
  const { framing, unitBytes, collated } = VARIABLE[name] as Variable;
  const bytes = framing === 'pointer' ? reader.u32() : reader.u16();
  if (collated) reader.skip(COLLATION.length);
  if (framing === 'pointer') return { ...sqlType(name), framing: 'long' };
  if (bytes === MAX_MARK) return { ...sqlType(name, { length: MAX }), framing: 'chunks' };
  return { ...sqlType(name, { length: bytes / unitBytes }), framing };
};

const readPlain = (reader: ByteReader, name: SqlTypeName): WireType => {
  if (name === 'date') return { ...sqlType(name), framing: 'byte' };
  const first = reader.u8();
  if (name === 'xml') return { ...sqlType(name), framing: 'chunks' };
  if (name === 'uniqueidentifier') return { ...sqlType(name), framing: 'byte' };
  const sizes =
    name === 'decimal' || name === 'numeric' ? { precision: reader.u8(), scale: reader.u8() } : { scale: first };
  return { ...sqlType(name, sizes), framing: 'byte' };
};
