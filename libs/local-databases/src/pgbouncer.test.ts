import { existsSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { hasPgbouncer, startPgbouncer } from './pgbouncer.ts';
import { startPostgres } from './postgres.ts';

const rows = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

describe.skipIf(!hasPgbouncer())('a temporary PgBouncer', () => {
  it('takes any role of its server with its own password, pools by transaction, and comes back after a crash', async () => {
    await using server = await startPostgres();
    await using pooler = await startPgbouncer({ target: server, poolSize: 1 });
    const url = await server.createDatabase('shop', { owner: 'shop' });
    const clients = await Promise.all(
      [1, 2, 3].map(async () => {
        const client = new pg.Client({ connectionString: pooler.through(url) });
        await client.connect();
        return client;
      }),
    );
    const pids = new Set<number>();
    for (const client of clients) pids.add((await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid);
    expect(pids.size).toBe(1);
    for (const client of clients) await client.end();
    const wrong = pooler.through(url).replace(/:[^:@]+@/, ':wrong@');
    await expect(rows(wrong, 'SELECT 1')).rejects.toThrow();
    await pooler.kill();
    await pooler.resume();
    expect(await rows(pooler.through(url), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('leaves no process behind when it is stopped', async () => {
    await using server = await startPostgres();
    const pooler = await startPgbouncer({ target: server });
    const { pid } = pooler;
    await pooler.stop();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });
});
