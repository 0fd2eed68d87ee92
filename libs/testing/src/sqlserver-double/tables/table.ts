import { parseSqlType, type SqlType } from '../types/sql-type.ts';
import { parseExpression } from './parse-expression.ts';
import { createParser } from './parser.ts';
import type { Expression } from './statement.ts';

/**
 * A table as a test declares it. Columns are written as in CREATE TABLE: `int IDENTITY PRIMARY KEY`,
 * `nvarchar(255) NOT NULL UNIQUE`, `datetime2 NOT NULL DEFAULT SYSUTCDATETIME()`.
 */
export type TableDefinition = {
  columns: Readonly<Record<string, string>>;
  rows?: readonly Readonly<Record<string, unknown>>[];
};

/** A column of a table. */
export type Column = {
  name: string;
  type: SqlType;
  nullable: boolean;
  identity: boolean;
  /** The constraint that keeps its values apart, if there is one. */
  unique: 'PRIMARY KEY' | 'UNIQUE KEY' | undefined;
  defaultValue: Expression | undefined;
};

/** A row: values by column, as their types keep them. */
export type TableRow = Record<string, unknown>;

/** A table in memory. */
export type Table = { name: string; columns: Column[]; rows: TableRow[]; nextIdentity: number };

/** All tables of a double by name in lower case. */
export type Tables = Map<string, Table>;

/** Reads a column's declaration. Throws where its type is not one of the double's. */
const parseColumn = (name: string, declaration: string): Column => {
  const [, type = '', constraints = ''] = /^\s*(\w+\s*(?:\([^)]*\))?)\s*(.*)$/s.exec(declaration) ?? [];
  const has = (pattern: RegExp): boolean => pattern.test(constraints);
  const identity = has(/\bidentity\b/i);
  const isKey = has(/\bprimary\s+key\b/i);
  const [, defaultText] = /\bdefault\s+\(*\s*('(?:[^']|'')*'|[\w.]+\s*(?:\(\s*\))?)/i.exec(constraints) ?? [];
  return {
    name,
    type: parseSqlType(type),
    nullable: !identity && !isKey && !has(/\bnot\s+null\b/i),
    identity,
    unique: isKey ? 'PRIMARY KEY' : has(/\bunique\b/i) ? 'UNIQUE KEY' : undefined,
    defaultValue: defaultText === undefined ? undefined : parseExpression(createParser(defaultText)),
  };
};

/** An empty table. */
export const createTable = (name: string, columns: readonly { name: string; declaration: string }[]): Table => ({
  name,
  columns: columns.map((column) => parseColumn(column.name, column.declaration)),
  rows: [],
  nextIdentity: 1,
});
