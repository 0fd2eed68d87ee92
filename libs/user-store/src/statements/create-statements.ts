import type { DataSource } from 'typeorm';
import type { ClientOfOneChance } from '../client-of-one-chance.ts';
import { codeOf } from '../store-failures.ts';
import type { Row, StatementCall } from './statement.ts';

/**
 * Runs a few statements as one transaction and one round trip to the primary, and answers with the rows of each. Safe to
 * repeat when it failed: nothing was done then.
 */
export type Statements = <const Rows extends readonly (readonly Row[])[]>(
  ...calls: { readonly [Place in keyof Rows]: StatementCall }
) => Promise<Rows>;

type Pool = { readonly connect: () => Promise<ClientOfOneChance & { readonly release: () => void }> };

// The server does not know the name, knows it with another text, or would now answer with other columns.
const NOT_KEPT: ReadonlySet<string | undefined> = new Set(['26000', '42P05', '0A000']);

/**
 * The way of the statements that every login sends: past TypeORM's query runner, through its pool of connections, by
 * prepared statements. Nothing needs those: where a pooler hands transactions to any connection they are not used, and
 * where one was not told of, they are not used any more from the first time on that one is missing.
 */
export const createStatements = (
  dataSource: DataSource,
  { throughPooler = false }: { readonly throughPooler?: boolean | undefined },
): Statements => {
  // TypeORM's pool is node-postgres's own.
  const { master } = dataSource.driver as unknown as { readonly master: Pool };
  let prepared = !throughPooler;
  const send = async (calls: readonly StatementCall[], asPrepared: boolean) => {
    for (const { statement, values } of calls) dataSource.logger.logQuery(statement.text, [...values]);
    const client = await master.connect();
    try {
      return await client.together(calls, asPrepared);
    } finally {
      client.release();
    }
  };
  const run = async (...calls: readonly StatementCall[]) => {
    const asPrepared = prepared;
    try {
      return await send(calls, asPrepared);
    } catch (error) {
      if (!asPrepared || !NOT_KEPT.has(codeOf(error))) throw error;
      prepared = false;
      return send(calls, false);
    }
  };
  return run as unknown as Statements;
};
