import { printSqlType } from '../types/sql-type.ts';
import { convertValue } from '../types/value-codec.ts';
import { compare } from './conditions.ts';
import { evaluate, findColumn, type Scope } from './evaluate.ts';
import { failure } from './failure.ts';
import type { Column, Table, TableRow, Tables } from './table.ts';

/** The table of that name, whatever its case. Throws error 208 when there is none. */
export const findTable = (tables: Tables, name: string): Table => {
  const table = tables.get(name.toLowerCase());
  if (table === undefined) throw failure(208, `Invalid object name '${name}'.`);
  return table;
};

/** The value as the column keeps it. Throws errors 515 (NULL), 2628 (too long) and 245 (not of its type). */
const fit = (table: Table, column: Column, value: unknown, verb: 'INSERT' | 'UPDATE'): unknown => {
  if (value === null || value === undefined) {
    if (column.nullable) return null;
    const where = `Cannot insert the value NULL into column '${column.name}', table 'dbo.${table.name}'`;
    throw failure(515, `${where}; column does not allow nulls. ${verb} fails.`, { state: 2, endsBatch: false });
  }
  const size = typeof value === 'string' || value instanceof Uint8Array ? value.length : 0;
  if (column.type.length > 0 && size > column.type.length) {
    const where = `String or binary data would be truncated in table 'dbo.${table.name}', column '${column.name}'`;
    throw failure(2628, `${where}. Truncated value: '${String(value).slice(0, column.type.length)}'.`, {
      endsBatch: false,
    });
  }
  try {
    return convertValue(column.type, value);
  } catch {
    const shown = typeof value === 'string' ? `the nvarchar value '${value}'` : 'the value';
    throw failure(245, `Conversion failed when converting ${shown} to data type ${printSqlType(column.type)}.`);
  }
};

const refuseDuplicates = (table: Table, row: TableRow, self: TableRow | undefined): void => {
  for (const { name, type, unique } of table.columns) {
    if (unique === undefined) continue;
    const value = { type, value: row[name], nullable: true, identity: false };
    const isTaken = table.rows.some((other) => other !== self && isSame(value, { ...value, value: other[name] }));
    if (!isTaken) continue;
    const constraint = `Violation of ${unique} constraint '${unique === 'UNIQUE KEY' ? 'UQ' : 'PK'}_${table.name}_${name}'`;
    const object = `Cannot insert duplicate key in object 'dbo.${table.name}'`;
    const message = `${constraint}. ${object}. The duplicate key value is (${String(row[name])}).`;
    throw failure(2627, message, { class: 14, endsBatch: false });
  }
};

// A unique column takes one NULL only, unlike other databases' columns.
const isSame = (a: Parameters<typeof compare>[0], b: Parameters<typeof compare>[1]): boolean =>
  a.value === null ? b.value === null : compare(a, b) === 0;

/** Puts a row into the table and returns it. `given` holds the values that the statement names. */
export const insertRow = (table: Table, given: Readonly<Record<string, unknown>>, scope: Scope): TableRow => {
  const named = new Map(Object.entries(given).map(([name, value]) => [findColumn(table, name).name, value]));
  const row: TableRow = {};
  for (const column of table.columns) {
    const fallback = column.defaultValue && !named.has(column.name) ? evaluate(column.defaultValue, scope).value : null;
    const value =
      column.identity && !named.has(column.name) ? table.nextIdentity : (named.get(column.name) ?? fallback);
    row[column.name] = fit(table, column, value, 'INSERT');
  }
  refuseDuplicates(table, row, undefined);
  const identity = table.columns.find((column) => column.identity);
  if (identity) table.nextIdentity = Math.max(table.nextIdentity, Number(row[identity.name]) + 1);
  table.rows.push(row);
  return row;
};

/** Changes a row in place and returns how to take that back. */
export const updateRow = (table: Table, row: TableRow, changes: ReadonlyMap<Column, unknown>): (() => void) => {
  const before = { ...row };
  const after = { ...row };
  for (const [column, value] of changes) after[column.name] = fit(table, column, value, 'UPDATE');
  refuseDuplicates(table, after, row);
  Object.assign(row, after);
  return () => void Object.assign(row, before);
};

/** Takes a row out and returns how to put it back. */
export const deleteRow = (table: Table, row: TableRow): (() => void) => {
  const at = table.rows.indexOf(row);
  table.rows.splice(at, 1);
  return () => void table.rows.splice(at, 0, row);
};
