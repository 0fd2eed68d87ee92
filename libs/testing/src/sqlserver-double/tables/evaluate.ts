import { randomUUID } from 'node:crypto';
import { parseSqlType, type SqlType } from '../types/sql-type.ts';
import { convertValue } from '../types/value-codec.ts';
import { failure } from './failure.ts';
import type { Expression } from './statement.ts';
import type { Column, Table, TableRow } from './table.ts';

/** What a statement may refer to. */
export type Scope = {
  parameters: readonly { name: string; type: SqlType; value: unknown }[];
  session: { id: number; database: string; userName: string; lastIdentity: unknown; lastRowCount: number };
  /** The table whose row is looked at, and the rows that COUNT counts. */
  table?: Table;
  row?: TableRow;
  counted?: number;
};

/** A value with what is known of its column. */
export type Typed = { type: SqlType; value: unknown; nullable: boolean; identity: boolean };

const typed = (type: string, value: unknown, nullable = true): Typed => ({
  type: parseSqlType(type),
  value: convertValue(parseSqlType(type), value),
  nullable,
  identity: false,
});

/** The column of that name, whatever its case. Throws error 207 when there is none. */
export const findColumn = (table: Table | undefined, name: string): Column => {
  const column = table?.columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) throw failure(207, `Invalid column name '${name}'.`);
  return column;
};

/** The value and the type of an expression. Throws the errors that SQL Server has for unknown names. */
export const evaluate = (expression: Expression, scope: Scope): Typed => {
  if (expression.kind === 'literal')
    return { ...typed(expression.type, expression.value), nullable: expression.value === null };
  if (expression.kind === 'parameter') return parameter(expression.name, scope);
  if (expression.kind === 'call') return call(expression, scope);
  const { name, type, nullable, identity } = findColumn(scope.table, expression.name);
  return { type, value: scope.row?.[name] ?? null, nullable, identity };
};

const parameter = (name: string, { parameters }: Scope): Typed => {
  const found = parameters.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (!found) throw failure(137, `Must declare the scalar variable "@${name}".`, { class: 15, state: 2 });
  return { type: found.type, value: found.value, nullable: true, identity: false };
};

const call = ({ name, argument }: Extract<Expression, { kind: 'call' }>, scope: Scope): Typed => {
  const { session } = scope;
  switch (name) {
    case 'count':
      return typed('int', scope.counted ?? 0);
    case 'scope_identity':
    case '@@identity':
      return typed('numeric(38, 0)', session.lastIdentity);
    case '@@rowcount':
      return typed('int', session.lastRowCount, false);
    case '@@spid':
      return typed('smallint', session.id, false);
    case '@@version':
      return typed('nvarchar(300)', 'SQL Server double (not Microsoft SQL Server)');
    case 'db_name':
      return typed('nvarchar(128)', session.database);
    case 'suser_sname':
      return typed('nvarchar(128)', session.userName);
    case 'newid':
      return typed('uniqueidentifier', randomUUID(), false);
    case 'getdate':
    case 'getutcdate':
      return typed('datetime', new Date(), false);
    case 'sysdatetime':
    case 'sysutcdatetime':
      return typed('datetime2(7)', new Date(), false);
    default:
      return turnCase(name, argument, scope);
  }
};

const turnCase = (name: string, argument: Expression | undefined, scope: Scope): Typed => {
  if (argument === undefined || (name !== 'lower' && name !== 'upper')) {
    throw failure(195, `'${name}' is not a recognized built-in function name.`, { class: 15, state: 10 });
  }
  const { value, ...rest } = evaluate(argument, scope);
  const turned = name === 'lower' ? String(value).toLowerCase() : String(value).toUpperCase();
  return { ...rest, value: value === null ? null : turned };
};
