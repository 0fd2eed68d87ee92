import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalPostgres, startMariadb, startPostgres } from '@userferry/local-databases';
import type { EgressRule } from '@userferry/sandbox';
import { completeEnv } from '@userferry/script-contract';
import { schemaOf } from '@userferry/script-templates';
import bcrypt from 'bcrypt';
import type { Env } from '../read-env.ts';
import { UsageError } from '../usage-error.ts';
import { PEOPLE } from './people.ts';

export const SEEDED_STORES = ['postgresql', 'mysql'] as const;
export type SeededStore = (typeof SEEDED_STORES)[number];

/** A database of sample users, for as long as it is not disposed of. */
export type Seed = AsyncDisposable & {
  readonly store: SeededStore;
  readonly uri: string;
  /** Over the variables of a script. */
  readonly env: Env;
  readonly allow: readonly EgressRule[];
};

/** Low, so that seeding is quick. */
const BCRYPT_COST = 4;
const COLUMNS = ['email', 'phone', 'username', 'nickname', 'password'] as const;

const hashed = () =>
  Promise.all(PEOPLE.map(async (person) => ({ ...person, password: await bcrypt.hash(person.password, BCRYPT_COST) })));

const schemaIn = (folder: string, store: SeededStore): string => {
  const own = join(folder, 'schema.sql');
  return existsSync(own) ? readFileSync(own, 'utf8') : schemaOf(store);
};

const fillPostgres = async (server: LocalPostgres, schema: string): Promise<void> => {
  const database = 'company';
  await server.query(`SET ROLE company_app; ${schema}`, { database });
  for (const person of await hashed()) {
    const values = COLUMNS.map((name) => person[name]);
    await server.query(`INSERT INTO users (${COLUMNS.join(', ')}) VALUES ($1, $2, $3, $4, $5)`, { database, values });
  }
};

const seedOf = (store: SeededStore, uri: string, stop: () => Promise<void>): Seed => {
  const env = completeEnv({ DB_CONNECTION_URI: uri });
  const allow = [{ host: env.DB_HOST ?? '', port: Number(env.DB_PORT) }];
  return { store, uri, env, allow, [Symbol.asyncDispose]: stop };
};

const startPostgresql = async (schema: string, port: number): Promise<Seed> => {
  const server = await startPostgres({ port });
  const uri = await server.createDatabase('company', { owner: 'company_app' });
  await fillPostgres(server, schema);
  return seedOf('postgresql', uri, () => server.stop());
};

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const startMysql = async (schema: string, port: number): Promise<Seed> => {
  const tables = schema
    .split(';')
    .map((statement) => statement.replace(/\s+/g, ' ').trim())
    .filter((one) => one !== '');
  const rows = (await hashed()).map((person) => `(${COLUMNS.map((name) => quoted(person[name])).join(', ')})`);
  const insert = `INSERT INTO users (${COLUMNS.join(', ')}) VALUES ${rows.join(', ')}`;
  const server = await startMariadb({
    port,
    statements: ['CREATE DATABASE company', 'USE company', ...tables, insert],
  });
  return seedOf('mysql', `${server.url.replace(/\/$/, '')}/company`, () => server.stop());
};

const storeOf = (asked: string | true): SeededStore => {
  const store = asked === true ? 'postgresql' : asked;
  const known = SEEDED_STORES.find((name) => name === store);
  if (known === undefined)
    throw new UsageError(`there is no seed database for ${store}, only ${SEEDED_STORES.join(' and ')}`);
  return known;
};

/**
 * A database of the machine's own with the schema in `folder` (`schema.sql`, else that of the ready-made scripts) and a few
 * users. Throws a UsageError for a kind that cannot be had, an Error when it does not start.
 */
export const startSeed = (asked: string | true, folder: string, port = 0): Promise<Seed> => {
  const store = storeOf(asked);
  const schema = schemaIn(folder, store);
  return store === 'postgresql' ? startPostgresql(schema, port) : startMysql(schema, port);
};
