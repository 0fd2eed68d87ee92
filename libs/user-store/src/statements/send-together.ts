import pg from 'pg';
import type { Row, StatementCall } from './statement.ts';

/** What node-postgres (8.23) keeps of a connection beside its types. */
type Wire = pg.Connection & {
  readonly stream: { cork: () => void; uncork: () => void; destroy: () => void };
  readonly submittedNamedStatements: Record<string, string>;
  sync: () => void;
};

type Part = pg.Query & {
  readonly name: string | undefined;
  readonly text: string;
  handleRowDescription: (message: unknown) => void;
  handleDataRow: (message: unknown) => void;
  handleCommandComplete: (message: unknown, wire: Wire) => void;
  handleReadyForQuery: (wire: Wire) => void;
};

type Done = (error: Error | undefined, rows: readonly (readonly Row[])[]) => void;

/**
 * Several statements as one message and one transaction: node-postgres's own queries, with one Sync behind the last
 * instead of one behind each. Each sees what was committed when it began, as statements of a transaction do. When one
 * fails, the rest is not run and nothing of it all has happened. Source: PostgreSQL, "Pipelining" in the extended query
 * protocol; `Submittable` is what node-postgres takes beside its own queries.
 */
const createPipeline = (calls: readonly StatementCall[], prepared: boolean, done: Done) => {
  const rows: (readonly Row[])[] = [];
  let failed: Error | undefined;
  let at = 0;
  const parts = calls.map(({ statement: { name, text }, values }, place) => {
    const config = { text, values: [...values], queryMode: 'extended', ...(prepared && { name }) };
    return new pg.Query(config, (error, result) => {
      if (error) failed = error;
      else rows[place] = result.rows;
    }) as Part;
  });
  const part = (): Part => parts[Math.min(at, parts.length - 1)] as Part;

  const submit = (wire: Wire): null => {
    const withoutSync = Object.create(wire, { sync: { value: () => undefined } }) as Wire;
    wire.stream.cork();
    for (const each of parts) {
      const problem = each.submit(withoutSync) as unknown as Error | null;
      failed ??= problem ?? undefined;
    }
    // A value that cannot be written. What stands before it must not be done alone: the connection ends, and tells us.
    if (failed !== undefined) wire.stream.destroy();
    else wire.sync();
    wire.stream.uncork();
    return null;
  };
  const handleError = (error: Error, wire: Wire): void => {
    // Nothing behind the one that failed was looked at.
    for (const { name = '' } of parts.slice(at)) delete wire.submittedNamedStatements[name];
    pipeline.callback(failed ?? error, []);
  };
  const pipeline = {
    // Whose text the server has taken is noted by the client under the query's name.
    get name() {
      return part().name;
    },
    get text() {
      return part().text;
    },
    // The client puts its own around it, to give up a query that is not answered.
    callback: done,
    submit,
    handleError,
    handleRowDescription: (message: unknown) => part().handleRowDescription(message),
    handleDataRow: (message: unknown) => part().handleDataRow(message),
    handleCommandComplete: (message: unknown, wire: Wire) => {
      part().handleCommandComplete(message, wire);
      at += 1;
    },
    handleReadyForQuery: (wire: Wire) => {
      for (const each of parts) each.handleReadyForQuery(wire);
      pipeline.callback(failed, rows);
    },
  };
  return pipeline;
};

/**
 * Runs statements in one transaction and one round trip; answers with the rows of each. `prepared`: the server keeps them
 * under their names for the life of the connection.
 */
export const sendTogether = (
  client: Pick<pg.Client, 'query'>,
  calls: readonly StatementCall[],
  prepared: boolean,
): Promise<readonly (readonly Row[])[]> =>
  new Promise((resolve, reject) => {
    const done: Done = (error, rows) => (error ? reject(error) : resolve(rows));
    client.query(createPipeline(calls, prepared, done) as unknown as pg.Submittable);
  });
