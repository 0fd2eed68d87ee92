/** What a login gives a session of PostgreSQL, and no reset gives back: such sessions serve one run. */
import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resultOf } from './testing/kept-sessions.ts';
import { SCRIPT } from './testing/pg-session-script.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let db: LocalPostgres;
let host: TestHost;
let uri: string;
beforeAll(async () => {
  db = await startPostgres();
  uri = await db.createDatabase('legacy', { owner: 'app', password: 'app password' });
  await db.query('CREATE ROLE reader; CREATE ROLE other; GRANT reader TO app');
});
afterAll(() => db?.stop());
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host?.stop());

const run = (code: string) => host.run(SCRIPT, { env: { URI: uri }, args: [code] });
const who = (options = '{}') =>
  `const c = await open(${options}); const { rows } = await c.query("SELECT current_user::text AS who, current_setting('search_path') AS path"); await c.end(); return rows[0]`;

/** Triggers are a database's own; whoever changes the roles of a database does so from another one, and keeps their own. */
const change = (sql: string) => db.query(sql, { database: sql.includes('TRIGGER') ? 'legacy' : 'postgres' });
const TRIGGER = `CREATE FUNCTION on_login() RETURNS event_trigger LANGUAGE plpgsql AS $x$ BEGIN
  IF session_user = 'app' THEN PERFORM set_config('role', 'reader', false), set_config('search_path', 'pg_catalog', false); END IF;
END $x$; CREATE EVENT TRIGGER on_login ON login EXECUTE FUNCTION on_login()`;

describe('a session that has from its login', () => {
  it.each([
    ['the role of its user', 'ALTER ROLE app SET role = reader', 'ALTER ROLE app RESET role', '{}'],
    ['the role of the database', 'ALTER DATABASE legacy SET role = reader', 'ALTER DATABASE legacy RESET role', '{}'],
    [
      'the role of its user in one database',
      'ALTER ROLE app IN DATABASE legacy SET role = reader',
      'ALTER ROLE app IN DATABASE legacy RESET role',
      '{}',
    ],
    ['the role that its options ask for', 'SELECT', 'SELECT', `{ options: '-c ro\\\\le=reader' }`],
    ['what a trigger did (PostgreSQL 17)', TRIGGER, 'DROP EVENT TRIGGER on_login; DROP FUNCTION on_login', '{}'],
  ])('%s serves no other run', async (_what, before, after, options) => {
    await change(before);
    try {
      const first = await run(who(options));
      expect(resultOf(first)).toMatchObject({ who: 'reader' });
      const next = await run(who(options));
      expect(resultOf(next)).toEqual(resultOf(first));
      expect(next.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
    } finally {
      await change(after);
    }
  });

  it.each([
    ['a role of another user', 'ALTER ROLE other SET role = reader', 'ALTER ROLE other RESET role'],
    ['a setting whose name ends like it', 'ALTER ROLE app SET my.role = reader', 'ALTER ROLE app RESET my.role'],
    [
      'a trigger that is switched off',
      `${TRIGGER}; ALTER EVENT TRIGGER on_login DISABLE`,
      'DROP EVENT TRIGGER on_login; DROP FUNCTION on_login',
    ],
  ])('none of it serves the next run: %s', async (_what, before, after) => {
    await change(before);
    try {
      const first = await run(who());
      const next = await run(who());
      expect(resultOf(next)).toEqual(resultOf(first));
      expect(next.usage).toMatchObject({ connectionsReused: 1 });
    } finally {
      await change(after);
    }
  });
});

/** A script that asks behind its last word of the login, before it is let in, and leaves as many questions unanswered. */
const asksEarly = (times: number) => `
  const Q = (sql) => { const t = Buffer.from(sql + '\\0'); const h = Buffer.alloc(5); h.write('Q'); h.writeUInt32BE(t.length + 4, 1); return Buffer.concat([h, t]) };
  const c = new Client(place); c.on('error', () => {});
  const con = c.connection; const { sendSCRAMClientFinalMessage: last } = con;
  con.sendSCRAMClientFinalMessage = function (...a) { last.apply(this, a); for (let i = 0; i < ${times}; i++) con.stream.write(Q('SELECT 1')) };
  await c.connect(); await new Promise((ok) => setTimeout(ok, 30));
  for (let i = 0; i < ${times}; i++) con.stream.write(Q("SELECT pg_sleep(0.05), 'alice' AS email")); con.end(); return 0`;

it.each([1, 2, 4])('no run reads the answers to %i questions that one before it asked uncounted', async (times) => {
  const honest = (name: string) =>
    `const c = await open(); const { rows } = await c.query("SELECT '${name}' AS email"); await c.end(); return rows`;
  for (let turn = 0; turn < 3; turn++) {
    await run(asksEarly(times));
    for (const name of ['bob', 'carol', 'dave']) {
      const next = await run(honest(name));
      expect(resultOf(next)).toEqual([{ email: name }]);
      if (name !== 'bob') expect(next.usage).toMatchObject({ connectionsReused: 1 });
    }
  }
});
