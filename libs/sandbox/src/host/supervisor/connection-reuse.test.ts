/** Connections kept between runs, as the whole sandbox gives them out, on a real PostgreSQL. */
import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunRequest, Sandbox } from '../../sandbox.ts';
import {
  REAL_RUNTIME,
  runOf,
  startTestSandbox,
  type TestSandboxOptions,
  temporaryFolder,
} from './testing/test-sandbox.ts';

const SOURCE = `const { Client } = require('pg');
async function work() {
  const client = new Client(env.URI);
  await client.connect();
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  await client.end();
  return rows[0].pid;
}`;
const folder = temporaryFolder();
let db: LocalPostgres;
let uri: string;
let sandbox: Sandbox;

const start = async (more: Partial<TestSandboxOptions> = {}): Promise<void> => {
  const allow = [{ host: '127.0.0.1', port: db.port }];
  const options = { runtimeFolder: REAL_RUNTIME, stateFolder: folder.path, egress: { allow }, hostsPerConnection: 1 };
  sandbox = await startTestSandbox({ ...options, ...more });
};
const run = (more: Partial<RunRequest> = {}) => sandbox.run(runOf(SOURCE, { env: { URI: uri }, ...more }));

beforeAll(async () => {
  db = await startPostgres();
  uri = await db.createDatabase('legacy', { owner: 'legacy_owner', password: 'p@ss word/%' });
});
afterEach(() => sandbox?.close());
afterAll(async () => {
  await db?.stop();
  folder.remove();
});

describe('a connection to the legacy user store', () => {
  it('is opened once and serves the runs that follow, which their usage tells', async () => {
    await start();
    const first = await run();
    expect(first).toMatchObject({ outcome: 'completed', usage: { connectionsOpened: 1, connectionsReused: 0 } });
    const next = await run();
    expect(next).toMatchObject({
      resultJson: first.resultJson,
      usage: { connectionsOpened: 0, connectionsReused: 1 },
    });
  });

  it('serves no other connection of ours, even with the same script and the same secrets', async () => {
    await start();
    const first = await run();
    const other = await run({ connectionKey: 'another' });
    expect(other).toMatchObject({ outcome: 'completed', usage: { connectionsOpened: 1 } });
    expect(other.resultJson).not.toBe(first.resultJson);
  });

  it('is not given to a run whose own list does not name the place any more: that run is denied', async () => {
    await start();
    await run();
    const elsewhere = [{ host: '203.0.113.1', port: 5432 }];
    expect(await run({ egress: elsewhere })).toMatchObject({
      outcome: 'egress_denied',
      usage: { connectionsOpened: 0, connectionsReused: 0 },
    });
    const named = [{ host: '127.0.0.1', port: db.port }];
    expect(await run({ egress: named })).toMatchObject({ outcome: 'completed' });
  });

  it('is not kept where keeping is switched off', async () => {
    await start({ reuseConnections: false });
    const first = await run();
    const next = await run();
    expect(next).toMatchObject({ outcome: 'completed', usage: { connectionsOpened: 1, connectionsReused: 0 } });
    expect(next.resultJson).not.toBe(first.resultJson);
  });

  it('is closed with its isolate host', async () => {
    await start();
    await run();
    await sandbox.close();
    const left = () => db.query(`SELECT 1 FROM pg_stat_activity WHERE usename = 'legacy_owner'`);
    await expect.poll(left, { timeout: 20_000 }).toEqual([]);
  });

  it('that its server has cut, all at once, costs no run: the next ones open others', async () => {
    await start();
    await Promise.all([run(), run(), run()]);
    await db.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'legacy_owner'`);
    const left = () => db.query(`SELECT 1 FROM pg_stat_activity WHERE usename = 'legacy_owner'`);
    await expect.poll(left, { timeout: 20_000 }).toEqual([]);
    for (const result of await Promise.all([run(), run(), run()]))
      expect(result).toMatchObject({ outcome: 'completed' });
  });
});
