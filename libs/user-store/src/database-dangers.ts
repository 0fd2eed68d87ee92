import type { DataSource, EntityManager } from 'typeorm';
import { safeError } from './store-failures.ts';

/** Where the server keeps another version of the order of texts beside the one that a database's indexes were built by. */
const KEEPS_VERSIONS = 150_000;

const FACTS = `
  SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version`;

const ORDER = `
  SELECT datcollversion AS built_by, pg_database_collation_actual_version(oid) AS now FROM pg_database
  WHERE datname = current_database() AND datcollversion <> pg_database_collation_actual_version(oid)`;

type Facts = { readonly encoding: string; readonly version: number };

const encodingProblem = (encoding: string): string | undefined =>
  encoding === 'UTF8'
    ? undefined
    : `the encoding of the database is ${encoding} and has to be UTF8: whoever has a letter in a name that it lacks cannot log in`;

/**
 * An empty database can still be made anew; one that has users is told of (`databaseDangers`) and served.
 * @throws Error that may be read
 */
export const requireUtf8 = async (manager: EntityManager): Promise<void> => {
  const [{ encoding }]: [Facts] = await manager.query(FACTS);
  const problem = encodingProblem(encoding);
  if (problem !== undefined) throw safeError(`${problem}: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'`);
};

/** What is wrong with the database itself, of which calls would say nothing, or too late: for an operator. */
export const databaseDangers = async (dataSource: DataSource): Promise<readonly string[]> => {
  const [{ encoding, version }]: [Facts] = await dataSource.query(FACTS);
  const problem = encodingProblem(encoding);
  const order: { built_by: string; now: string }[] = version < KEEPS_VERSIONS ? [] : await dataSource.query(ORDER);
  return [
    ...(problem === undefined ? [] : [`${problem}: docs/backup.md, "Another encoding"`]),
    ...order.map(
      ({ built_by, now }) =>
        `the order of texts has changed since our store's indexes were built (version ${built_by}, now ${now}): users may not be found, or be there twice: docs/backup.md, "Another operating system"`,
    ),
  ];
};
