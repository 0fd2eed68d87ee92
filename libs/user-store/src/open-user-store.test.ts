import { testDatabase } from '@userferry/testing';
import { expect, it } from 'vitest';
import { openStoreForTests } from './store-for-tests.ts';

it('a store that cannot be opened, since the database does not say what time it is, leaves no connection behind', async () => {
  await using database = await testDatabase();
  const databaseClock = () => Promise.reject(new Error('no'));
  await expect(openStoreForTests(database.url, { databaseClock })).rejects.toThrow();
  const ours = `SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'userferry-migration-service'`;
  await expect.poll(async () => (await database.query(ours)).length).toBe(0);
});
