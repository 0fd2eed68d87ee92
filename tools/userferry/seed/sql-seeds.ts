import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalPostgres, startMariadb, startPostgres } from '@userferry/local-databases';
import { schemaOf } from '@userferry/script-templates';
import { UsageError } from '../usage-error.ts';
import { hashedPeople } from './people.ts';
import { databaseSeed, type Seed, type StartSeed } from './seed.ts';

const COLUMNS = ['email', 'phone', 'username', 'nickname', 'password'] as const;

/** The author's own `schema.sql`, else that of the ready-made scripts. */
const schemaIn = (folder: string, store: 'postgresql' | 'mysql'): string => {
  const own = join(folder, 'schema.sql');
  return existsSync(own) ? readFileSync(own, 'utf8') : schemaOf(store);
};

const takeSchema = async (server: LocalPostgres, schema: string, database: string): Promise<void> => {
  try {
    await server.query(`SET ROLE company_app; ${schema}`, { database });
  } catch (error) {
    throw new UsageError(`postgresql does not take schema.sql: ${(error as Error).message}`);
  }
};

const fillPostgres = async (server: LocalPostgres, schema: string): Promise<void> => {
  const database = 'company';
  await takeSchema(server, schema, database);
  for (const person of await hashedPeople()) {
    const values = COLUMNS.map((name) => person[name]);
    await server.query(`INSERT INTO users (${COLUMNS.join(', ')}) VALUES ($1, $2, $3, $4, $5)`, { database, values });
  }
};

export const startPostgresql: StartSeed = async ({ folder, port }): Promise<Seed> => {
  const schema = schemaIn(folder, 'postgresql');
  const server = await startPostgres({ port });
  const uri = await server.createDatabase('company', { owner: 'company_app' });
  await fillPostgres(server, schema);
  return databaseSeed('postgresql', uri, () => server.stop());
};

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

export const startMysql: StartSeed = async ({ folder, port }): Promise<Seed> => {
  const tables = schemaIn(folder, 'mysql')
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter((one) => one !== '');
  const rows = (await hashedPeople()).map((person) => `(${COLUMNS.map((name) => quoted(person[name])).join(', ')})`);
  const insert = `INSERT INTO users (${COLUMNS.join(', ')}) VALUES ${rows.join(', ')}`;
  const server = await startMariadb({
    port,
    statements: ['CREATE DATABASE company', 'USE company', ...tables, insert],
  });
  return databaseSeed('mysql', `${server.url.replace(/\/$/, '')}/company`, () => server.stop());
};
