import { expect, it } from 'vitest';
import { startPostgres } from './postgres.ts';
import { queryRows } from './postgres-queries.ts';
import { startReplica } from './postgres-replica.ts';

it('a replica follows what its primary writes, refuses to be written to, and catches up after a pause', async () => {
  await using primary = await startPostgres();
  const url = await primary.createDatabase('shop', { owner: 'shop' });
  await queryRows(url, 'CREATE TABLE numbers (n int); INSERT INTO numbers VALUES (1)');
  await using replica = await startReplica(primary);
  const count = async () =>
    (await queryRows<{ n: number }>(replica.at(url), 'SELECT count(*)::int AS n FROM numbers'))[0]?.n;
  await expect.poll(count, { timeout: 20_000 }).toBe(1);
  await expect(queryRows(replica.at(url), 'DELETE FROM numbers')).rejects.toMatchObject({ code: '25006' });
  await replica.pause();
  await queryRows(url, 'INSERT INTO numbers SELECT generate_series(2, 1000)');
  await replica.resume();
  await expect.poll(count, { timeout: 20_000 }).toBe(1000);
});
