import type { SqlType } from './types/sql-type.ts';

/** What a client asks to have executed. */
export type SqlQuery = {
  /** The statement, or the empty text for a stored procedure. */
  readonly sql: string;
  /** The stored procedure that is called by name, if one is. */
  readonly procedure: string | undefined;
  /**
   * By name, without @: bigint for `bigint`, texts for decimals and money, Dates for moments, Buffers for bytes,
   * texts in capitals for `uniqueidentifier`, null for NULL.
   */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The parameters' types as T-SQL writes them, and whether a value is to be given back. */
  readonly declared: Readonly<Record<string, { type: string; output: boolean }>>;
  readonly inTransaction: boolean;
  /** Aborted when the client cancels or its connection ends. */
  readonly signal: AbortSignal;
};

/** A column of a result set: a type is written as in T-SQL, `nvarchar(50)`. Columns may be NULL unless told. */
export type SqlColumn = {
  name: string;
  type: string | SqlType;
  nullable?: boolean;
  identity?: boolean;
};

/** A row: its values in the order of the columns, or by their names. */
export type SqlRow = readonly unknown[] | Readonly<Record<string, unknown>>;

/** The fields of an error or message; what is left out is what a plain `THROW` or `PRINT` sends. */
export type SqlMessage = {
  message: string;
  number?: number;
  /** 1 to 255. */
  state?: number;
  /** Severity: above 10 is an error. */
  class?: number;
  serverName?: string;
  procedure?: string;
  line?: number;
};

/** One thing that the server does in its reply; a reply is some of them in order. */
export type SqlStep =
  | {
      columns: readonly SqlColumn[];
      rows: Iterable<SqlRow> | AsyncIterable<SqlRow>;
      /** Numbers of the columns, from 1, that the rows are sorted by. */
      orderedBy?: readonly number[];
      /** The connection ends after the last row, before the result set does. */
      thenDrop?: 'close' | 'reset';
    }
  | { rowsAffected: number }
  | { print: string | SqlMessage }
  | { error: SqlMessage & { number: number } }
  | { outputs: Readonly<Record<string, unknown>> }
  | { returnStatus: number }
  | { transaction: 'begin' | 'commit' | 'rollback' }
  | { delayMs: number }
  | { drop: 'close' | 'reset' };

/** A whole reply. */
export type SqlReply = SqlStep | Iterable<SqlStep> | AsyncIterable<SqlStep>;

/** Answers queries in a test's stead of a database; undefined leaves the query to the double's own tables. */
export type SqlHandler = (query: SqlQuery) => SqlReply | undefined | Promise<SqlReply | undefined>;
