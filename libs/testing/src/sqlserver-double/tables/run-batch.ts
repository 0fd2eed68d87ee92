import type { SqlStep } from '../query.ts';
import type { BoundParameter } from '../session/read-request.ts';
import type { SessionState } from '../session/session-state.ts';
import { satisfies } from './conditions.ts';
import { evaluate, findColumn, type Scope } from './evaluate.ts';
import { failure, isFailure } from './failure.ts';
import { parseBatch } from './parse-statement.ts';
import { project, runSelect } from './run-select.ts';
import type { Condition, SelectItem, Statement } from './statement.ts';
import { createTable, type Table, type TableRow, type Tables } from './table.ts';
import { deleteRow, findTable, insertRow, updateRow } from './write-rows.ts';

/** What a batch runs on. */
export type BatchContext = { tables: Tables; parameters: readonly BoundParameter[]; session: SessionState };

/** Executes a batch on the double's tables, statement by statement as the steps are asked for. */
export function* runBatch(sql: string, context: BatchContext): Generator<SqlStep> {
  try {
    for (const statement of parseBatch(sql)) {
      try {
        yield* runStatement(statement, context);
      } catch (error) {
        if (!isFailure(error) || error.endsBatch) throw error;
        yield asStep(error);
        yield { print: { message: 'The statement has been terminated.', number: 3621 } };
      }
    }
  } catch (error) {
    yield asStep(isFailure(error) ? error : failure(50000, `The SQL Server double failed: ${String(error)}`));
  }
}

const asStep = (error: Error & { number: number; class: number; state: number }): SqlStep => {
  const { number, message, state } = error;
  return { error: { number, message, state, class: error.class } };
};

function* runStatement(statement: Statement, context: BatchContext): Generator<SqlStep> {
  const { tables, session } = context;
  const scope: Scope = context;
  switch (statement.kind) {
    case 'select':
      return yield runSelect(statement, tables, scope);
    case 'insert':
    case 'update':
    case 'delete':
      return yield* write(statement, context);
    case 'create':
      return create(tables, createTable(statement.table, statement.columns));
    case 'drop':
      if (!statement.ifExists) findTable(tables, statement.table);
      return void tables.delete(statement.table.toLowerCase());
    case 'set':
      return set(statement, session);
    case 'transaction':
      return yield* changeTransaction(statement.change, session);
    case 'print':
      return yield { print: String(evaluate(statement.message, scope).value) };
    case 'throw':
      return yield thrown(statement, scope);
    default:
      return yield { delayMs: statement.delayMs };
  }
}

const create = (tables: Tables, table: Table): void => {
  if (tables.has(table.name.toLowerCase())) {
    throw failure(2714, `There is already an object named '${table.name}' in the database.`, { state: 6 });
  }
  tables.set(table.name.toLowerCase(), table);
};

const set = ({ option, value }: Extract<Statement, { kind: 'set' }>, session: SessionState): void => {
  if (option === 'nocount') session.countsRows = value !== 'on';
  if (option === 'xact_abort') session.abortsOnError = value === 'on';
};

function* changeTransaction(change: 'begin' | 'commit' | 'rollback', session: SessionState): Generator<SqlStep> {
  if (change !== 'begin' && !session.transactions.isOpen()) {
    const verb = change.toUpperCase();
    const message = `The ${verb} TRANSACTION request has no corresponding BEGIN TRANSACTION.`;
    throw failure(change === 'commit' ? 3902 : 3903, message, { endsBatch: false });
  }
  yield { transaction: change };
}

const thrown = (statement: Extract<Statement, { kind: 'throw' }>, scope: Scope): SqlStep => {
  const number = Number(evaluate(statement.number, scope).value);
  const message = String(evaluate(statement.message, scope).value);
  throw failure(number, message, { state: Number(evaluate(statement.state, scope).value) });
};

type Write = Extract<Statement, { kind: 'insert' | 'update' | 'delete' }>;

function* write(statement: Write, context: BatchContext): Generator<SqlStep> {
  const table = findTable(context.tables, statement.table);
  const undo: (() => void)[] = [];
  try {
    const rows = WRITERS[statement.kind](statement as never, table, context, undo);
    for (const takeBack of undo) context.session.transactions.remember(takeBack);
    yield written(statement.output, rows, { ...context, table });
  } catch (error) {
    // A statement happens as a whole or not at all.
    for (const takeBack of undo.reverse()) takeBack();
    throw error;
  }
}

const written = (output: readonly SelectItem[], rows: TableRow[], scope: Scope): SqlStep =>
  output.length === 0 ? { rowsAffected: rows.length } : project(output, rows, scope);

type Writer<Kind extends Write['kind']> = (
  statement: Extract<Write, { kind: Kind }>,
  table: Table,
  context: BatchContext,
  undo: (() => void)[],
) => TableRow[];

const insert: Writer<'insert'> = (statement, table, context, undo) =>
  statement.rows.map((expressions) => {
    const values = expressions.map((expression) => evaluate(expression, context).value);
    const given = Object.fromEntries(statement.columns.map((column, at) => [column, values[at]]));
    const row = insertRow(table, given, context);
    undo.push(() => void table.rows.splice(table.rows.indexOf(row), 1));
    const identity = table.columns.find((column) => column.identity);
    if (identity) context.session.lastIdentity = row[identity.name];
    return row;
  });

const matching = (table: Table, where: Condition | undefined, context: BatchContext): TableRow[] => {
  const holds = (row: TableRow): boolean =>
    where === undefined || satisfies(where, { ...context, table, row }) === true;
  // A name that does not exist is an error even where there is no row to look it up in.
  holds({});
  return table.rows.filter(holds);
};

const update: Writer<'update'> = ({ set: assignments, where }, table, context, undo) => {
  const rows = matching(table, where, context);
  for (const row of rows) {
    const changes = assignments.map(
      ({ column, value }) => [findColumn(table, column), evaluate(value, { ...context, table, row }).value] as const,
    );
    undo.push(updateRow(table, row, new Map(changes)));
  }
  return rows;
};

const remove: Writer<'delete'> = ({ where }, table, context, undo) => {
  const rows = matching(table, where, context);
  for (const row of rows) undo.push(deleteRow(table, row));
  return rows;
};

const WRITERS = { insert, update, delete: remove };
