const NAMES = [
  'bit',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'real',
  'float',
  'smallmoney',
  'money',
  'decimal',
  'numeric',
  'date',
  'time',
  'datetime2',
  'datetimeoffset',
  'datetime',
  'smalldatetime',
  'char',
  'varchar',
  'text',
  'nchar',
  'nvarchar',
  'ntext',
  'binary',
  'varbinary',
  'image',
  'uniqueidentifier',
  'xml',
] as const;

/** A T-SQL type that the double speaks. */
export type SqlTypeName = (typeof NAMES)[number];

/** A type with its size: `length` in characters or bytes (MAX for `max`), `precision` and `scale` in decimal digits. */
export type SqlType = { name: SqlTypeName; length: number; precision: number; scale: number };

/** The length of `nvarchar(max)` and its like. */
export const MAX = Number.POSITIVE_INFINITY;

const SIZED = new Set<SqlTypeName>(['char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary']);
const SCALED = new Set<SqlTypeName>(['time', 'datetime2', 'datetimeoffset']);
const DECIMALS = new Set<SqlTypeName>(['decimal', 'numeric']);

/** A type of that name and size; sizes left out are T-SQL's defaults (length 1, precision 18, scale 0, fraction 7). */
export const sqlType = (name: SqlTypeName, sizes: Partial<Omit<SqlType, 'name'>> = {}): SqlType => ({
  name,
  length: sizes.length ?? (SIZED.has(name) ? 1 : 0),
  precision: sizes.precision ?? (DECIMALS.has(name) ? 18 : 0),
  scale: sizes.scale ?? (SCALED.has(name) ? 7 : 0),
});

/** Reads a type as T-SQL writes it, `nvarchar(max)` or `decimal(18, 4)`. Throws where the double has no such type. */
export const parseSqlType = (text: string): SqlType => {
  const [, word = '', first, second] = /^\s*(\w+)\s*(?:\(\s*(max|\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$/i.exec(text) ?? [];
  const name = NAMES.find((known) => known === word.toLowerCase());
  if (name === undefined) throw new Error(`the SQL Server double has no type ${text}`);
  if (first === undefined) return sqlType(name);
  const size = first.toLowerCase() === 'max' ? MAX : Number(first);
  if (SCALED.has(name)) return sqlType(name, { scale: size });
  if (DECIMALS.has(name)) return sqlType(name, { precision: size, scale: Number(second ?? 0) });
  return SIZED.has(name) ? sqlType(name, { length: size }) : sqlType(name);
};

/** The type as T-SQL writes it. */
export const printSqlType = ({ name, length, precision, scale }: SqlType): string => {
  if (DECIMALS.has(name)) return `${name}(${precision}, ${scale})`;
  if (SCALED.has(name)) return `${name}(${scale})`;
  return SIZED.has(name) ? `${name}(${length === MAX ? 'max' : length})` : name;
};
