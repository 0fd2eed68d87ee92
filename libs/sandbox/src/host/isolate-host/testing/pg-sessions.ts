/** A PostgreSQL with two databases and their owners, and for each test an isolate host whose runs may keep sessions to it. */
import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { resultOf } from './kept-sessions.ts';
import { SCRIPT } from './pg-session-script.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './start-host.ts';

const PASSWORD = 'p@ss word/%';
/** Opens a session, ends it in order and gives its process id. */
export const PLAIN = 'const c = await open(); const pid = await pidOf(c); await c.end(); return pid';

export let db: LocalPostgres;
export let host: TestHost;
export let uri: string;

export const env = () => ({ URI: uri, CA: db.caCertificate as string });
export const run = (code: string, more: RunOptions = {}): Promise<Result> =>
  host.run(SCRIPT, { env: env(), args: [code], ...more });
/** What it returns. */
export const give = async (code: string, more?: RunOptions): Promise<unknown> => resultOf(await run(code, more));
/** How many sessions of earlier runs it was given. */
export const reusedBy = async (code: string, more?: RunOptions): Promise<number | undefined> => {
  const result = await run(code, more);
  resultOf(result);
  return result.usage.connectionsReused;
};

beforeAll(async () => {
  db = await startPostgres({ tls: true });
  uri = await db.createDatabase('legacy', { owner: 'legacy_owner', password: PASSWORD });
  await db.query(`CREATE ROLE other LOGIN PASSWORD '${PASSWORD}'; GRANT other TO legacy_owner`);
  await db.query('GRANT CONNECT ON DATABASE legacy TO other');
  await db.createDatabase('second', { owner: 'second_owner', password: PASSWORD });
  await db.query('GRANT CONNECT ON DATABASE second TO legacy_owner');
});
afterAll(() => db?.stop());
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host?.stop());
