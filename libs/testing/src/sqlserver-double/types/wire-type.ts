import { MAX, type SqlType, type SqlTypeName } from './sql-type.ts';

/** SQL_Latin1_General_CP1_CI_AS. */
export const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

/** How the length of a value is written: not at all, in one byte, in two, in chunks, or after a text pointer. */
export type Framing = 'fixed' | 'byte' | 'short' | 'chunks' | 'pointer' | 'long';

/** A type as it stands on the wire. Columns that cannot be NULL have types of their own, without a length. */
export type WireType = SqlType & { framing: Framing };

/** A type with a fixed size: its id where NULL is possible, and where not. */
export type Sized = { id: number; size: number; fixedId: number };

/** Types of fixed size. */
export const SIZED: Partial<Record<SqlTypeName, Sized>> = {
  tinyint: { id: 0x26, size: 1, fixedId: 0x30 },
  smallint: { id: 0x26, size: 2, fixedId: 0x34 },
  int: { id: 0x26, size: 4, fixedId: 0x38 },
  bigint: { id: 0x26, size: 8, fixedId: 0x7f },
  bit: { id: 0x68, size: 1, fixedId: 0x32 },
  real: { id: 0x6d, size: 4, fixedId: 0x3b },
  float: { id: 0x6d, size: 8, fixedId: 0x3e },
  smallmoney: { id: 0x6e, size: 4, fixedId: 0x7a },
  money: { id: 0x6e, size: 8, fixedId: 0x3c },
  smalldatetime: { id: 0x6f, size: 4, fixedId: 0x3a },
  datetime: { id: 0x6f, size: 8, fixedId: 0x3d },
};

/** A type of varying length; `unitBytes` for each of its length. */
export type Variable = { id: number; framing: Framing; unitBytes: number; collated: boolean };

/** Types with a declared length, and the old large types. */
export const VARIABLE: Partial<Record<SqlTypeName, Variable>> = {
  varbinary: { id: 0xa5, framing: 'short', unitBytes: 1, collated: false },
  binary: { id: 0xad, framing: 'short', unitBytes: 1, collated: false },
  varchar: { id: 0xa7, framing: 'short', unitBytes: 1, collated: true },
  char: { id: 0xaf, framing: 'short', unitBytes: 1, collated: true },
  nvarchar: { id: 0xe7, framing: 'short', unitBytes: 2, collated: true },
  nchar: { id: 0xef, framing: 'short', unitBytes: 2, collated: true },
  text: { id: 0x23, framing: 'pointer', unitBytes: 1, collated: true },
  image: { id: 0x22, framing: 'pointer', unitBytes: 1, collated: false },
  ntext: { id: 0x63, framing: 'pointer', unitBytes: 2, collated: true },
};

/** The ids of all other types. */
export const PLAIN: Partial<Record<SqlTypeName, number>> = {
  uniqueidentifier: 0x24,
  date: 0x28,
  time: 0x29,
  datetime2: 0x2a,
  datetimeoffset: 0x2b,
  decimal: 0x6a,
  numeric: 0x6c,
  xml: 0xf1,
};

/** The declared length of `max`, and the length of a NULL. */
export const MAX_MARK = 0xffff;

const framingOf = (type: SqlType, nullable: boolean): Framing => {
  if (SIZED[type.name] !== undefined) return nullable ? 'byte' : 'fixed';
  if (type.name === 'xml' || type.length === MAX) return 'chunks';
  return VARIABLE[type.name]?.framing ?? 'byte';
};

/** The type as a column or an output parameter sends it. */
export const wireType = (type: SqlType, nullable: boolean): WireType => ({
  ...type,
  framing: framingOf(type, nullable),
});

/** Whether COLMETADATA names the table of such a column. */
export const hasTableName = (type: WireType): boolean => type.framing === 'pointer';
