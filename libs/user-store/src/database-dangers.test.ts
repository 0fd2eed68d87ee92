import { randomBytes } from 'node:crypto';
import { leadsThroughPooler, type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateStore } from './migrate-store.ts';
import { openStoreForTests } from './store-for-tests.ts';

let shared: TestDatabase;
beforeAll(async () => {
  shared = await testDatabase();
});
afterAll(() => shared[Symbol.asyncDispose]());

/** The connection string of a new database that is made so. */
const databaseMade = async (how: string): Promise<string> => {
  const url = new URL(shared.url);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await shared.server.query(`CREATE DATABASE ${name} OWNER ${url.username} TEMPLATE template0 ${how}`);
  url.pathname = `/${name}`;
  return url.href;
};
const set = (url: string, sql: string) => shared.server.query(sql, { values: [new URL(url).pathname.slice(1)] });
const LATIN1 = `ENCODING 'LATIN1' LOCALE 'C'`;

describe('a database that has not all letters', () => {
  it('is refused while it is empty, since it can still be made anew', async () => {
    const databaseUrl = await databaseMade(LATIN1);
    const limits = { databaseUrl, connectTimeoutMs: 5_000, throughPooler: leadsThroughPooler() };
    await expect(migrateStore(limits)).rejects.toThrow(
      /^the encoding of the database is LATIN1 and has to be UTF8: .*: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'$/,
    );
  });

  it('goes on, and is told of, where it has our tables already', async () => {
    const url = await databaseMade(LATIN1);
    const database = new URL(url).pathname.slice(1);
    await shared.server.query('CREATE TABLE schema_migrations (id serial PRIMARY KEY, timestamp int8, name varchar)', {
      database,
    });
    await shared.server.query(`ALTER TABLE schema_migrations OWNER TO ${new URL(url).username}`, { database });
    await using store = await openStoreForTests(url);
    expect(store.dangers).toEqual([expect.stringContaining('the encoding of the database is LATIN1')]);
  });
});

describe('a database whose order of texts has changed, as with another operating system under it', () => {
  it('is told of, since its indexes may miss users, until it is said to be put right', async () => {
    const url = await databaseMade(`ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'`);
    const dangers = async () => {
      await using store = await openStoreForTests(url);
      return store.dangers;
    };
    expect(await dangers()).toEqual([]);
    await set(url, `UPDATE pg_database SET datcollversion = 'older' WHERE datname = $1`);
    expect(await dangers()).toEqual([expect.stringContaining('version older, now 1')]);
    await shared.server.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} REFRESH COLLATION VERSION`);
    expect(await dangers()).toEqual([]);
  });
});
