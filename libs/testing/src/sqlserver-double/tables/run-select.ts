import type { SqlColumn, SqlStep } from '../query.ts';
import { sqlType } from '../types/sql-type.ts';
import { compare, satisfies } from './conditions.ts';
import { evaluate, type Scope, type Typed } from './evaluate.ts';
import type { Expression, Select, SelectItem, Source } from './statement.ts';
import type { Table, TableRow, Tables } from './table.ts';
import { findTable } from './write-rows.ts';

const SERIES: Table = {
  name: 'generate_series',
  columns: [
    {
      name: 'value',
      type: sqlType('int'),
      nullable: false,
      identity: false,
      unique: undefined,
      defaultValue: undefined,
    },
  ],
  rows: [],
  nextIdentity: 1,
};

/** What the SELECT yields. The rows of a series are made as they are asked for. */
export const runSelect = (select: Select, tables: Tables, scope: Scope): SqlStep => {
  const { table, rows } = open(select.source, tables, scope);
  const inTable: Scope = table === undefined ? scope : { ...scope, table };
  checkNames(select, inTable);
  if (isCount(select)) return countRows(select, rows, inTable);
  const sorted = select.orderBy.length === 0 ? rows : sort([...rows], select, inTable);
  const limited = limit(matching(sorted, select, inTable), select, inTable);
  const isSeries = select.source !== undefined && 'from' in select.source;
  return project(select.items, isSeries ? limited : [...limited], inTable);
};

// A name that does not exist is an error even where there is no row to look it up in.
const checkNames = ({ where, orderBy, items }: Select, scope: Scope): void => {
  const inNoRow = { ...scope, row: {} };
  if (where !== undefined) satisfies(where, inNoRow);
  for (const { expression } of orderBy) evaluate(aliased(expression, items), inNoRow);
};

const open = (
  source: Source | undefined,
  tables: Tables,
  scope: Scope,
): { table: Table | undefined; rows: Iterable<TableRow> } => {
  if (source === undefined) return { table: undefined, rows: [{}] };
  if ('table' in source) {
    const table = findTable(tables, source.table);
    return { table, rows: [...table.rows] };
  }
  return { table: SERIES, rows: series(numberOf(source.from, scope), numberOf(source.to, scope)) };
};

function* series(first: number, last: number): Generator<TableRow> {
  for (let value = first; value <= last; value += 1) yield { value };
}

const numberOf = (expression: Expression, scope: Scope): number => Number(evaluate(expression, scope).value);

const isCount = ({ items }: Select): boolean =>
  items.some((item) => item !== 'all' && item.expression.kind === 'call' && item.expression.name === 'count');

const countRows = (select: Select, rows: Iterable<TableRow>, scope: Scope): SqlStep => {
  let counted = 0;
  for (const _ of matching(rows, select, scope)) counted += 1;
  return project(select.items, [{}], { ...scope, counted });
};

function* matching(rows: Iterable<TableRow>, { where }: Select, scope: Scope): Generator<TableRow> {
  for (const row of rows) if (where === undefined || satisfies(where, { ...scope, row })) yield row;
}

const sort = (rows: TableRow[], { orderBy, items }: Select, scope: Scope): TableRow[] => {
  const keys = orderBy.map(({ expression, descending }) => ({ expression: aliased(expression, items), descending }));
  return rows.sort((a, b) => {
    for (const { expression, descending } of keys) {
      const order = ordered(evaluate(expression, { ...scope, row: a }), evaluate(expression, { ...scope, row: b }));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
};

const ordered = (a: Typed, b: Typed): number => compare(a, b) ?? Number(b.value === null) - Number(a.value === null);

const aliased = (expression: Expression, items: readonly SelectItem[]): Expression => {
  if (expression.kind !== 'column') return expression;
  const item = items.find((candidate) => candidate !== 'all' && candidate.name === expression.name);
  return item === undefined || item === 'all' ? expression : item.expression;
};

function* limit(rows: Iterable<TableRow>, { top, offset, fetch }: Select, scope: Scope): Generator<TableRow> {
  const count = top ?? fetch;
  let left = count === undefined ? Number.POSITIVE_INFINITY : numberOf(count, scope);
  let skip = offset === undefined ? 0 : numberOf(offset, scope);
  if (left <= 0) return;
  for (const row of rows) {
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    yield row;
    left -= 1;
    if (left === 0) return;
  }
}

/** A result set of these rows, as a SELECT's list or an OUTPUT's makes it. */
export const project = (items: readonly SelectItem[], rows: Iterable<TableRow>, scope: Scope): SqlStep => {
  const expressions = items.flatMap((item) =>
    item === 'all'
      ? (scope.table?.columns ?? []).map(({ name }) => ({ expression: { kind: 'column', name } as const, name }))
      : [item],
  );
  const columns = expressions.map(({ expression, name }): SqlColumn => {
    const { type, nullable, identity } = evaluate(expression, scope);
    return { name, type, nullable, identity };
  });
  const values = function* (): Generator<unknown[]> {
    for (const row of rows) yield expressions.map(({ expression }) => evaluate(expression, { ...scope, row }).value);
  };
  return { columns, rows: Array.isArray(rows) ? [...values()] : values() };
};
