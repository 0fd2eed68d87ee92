/** Sessions of pg and mysql2 that no later run may have: how often a login crosses for them, and how they begin and end. */
import { type AddressInfo, connect, createServer, type Server, type ServerOpts, type Socket } from 'node:net';
import { type LocalMariadb, type LocalPostgres, startMariadb, startPostgres } from '@userferry/local-databases';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FAREWELLS } from '../../bridge/farewells.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

const NOT_KEPT: RunOptions = { reuse: undefined };

let pg: LocalPostgres;
let mysql: LocalMariadb;
let host: TestHost;
let server: Server | undefined;
let uri: string;

beforeAll(async () => {
  pg = await startPostgres({ tls: true });
  uri = await pg.createDatabase('legacy', { owner: 'legacy_owner', password: 'p@ss word/%' });
  mysql = await startMariadb({ tls: true, statements: [] });
  host = await startHost();
});
afterEach(() => {
  server?.close();
  server = undefined;
});
afterAll(async () => {
  await host?.stop();
  await mysql?.stop();
  await pg?.stop();
});

/** A server that does one thing with whoever connects. */
async function serve(onClient: (client: Socket) => void, options: ServerOpts = {}): Promise<number> {
  server = createServer(options, (client) => onClient(client.on('error', () => undefined)));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Stands before a database, and cuts the connection at its driver's last word. */
const cutAtFarewell = (port: number, farewell: readonly number[]): Promise<number> =>
  serve((client) => {
    const database = connect(port, '127.0.0.1');
    database.on('error', () => undefined).on('data', (bytes) => client.write(bytes));
    client.on('close', () => database.destroy());
    client.on('data', (bytes) => {
      if (bytes.equals(Buffer.from(farewell))) client.resetAndDestroy();
      else database.write(bytes);
    });
  });

const portOf = (url: string): number => Number(new URL(url).port);
const env = () => ({
  PG: uri,
  MYSQL: mysql.url,
  PG_CA: String(pg.caCertificate),
  MYSQL_CA: String(mysql.caCertificate),
});
const OPEN = `const open = {
  pg: async (more) => { const { Client } = require('pg'); const c = new Client({ connectionString: env.PG, ...more }); await c.connect(); return c },
  mysql: (more) => require('mysql2/promise').createConnection({ uri: env.MYSQL, ...more }),
};`;
const run = (code: string, more: Readonly<Record<string, string>> = {}) =>
  host.run(`${OPEN} async function login() { ${code} }`, { env: { ...env(), ...more }, ...NOT_KEPT });
const { expectSame } = createSideBySide(() => host, env);

describe('a login whose session is not kept', () => {
  const LOGIN = 'await c.query("SELECT 1"); await require("bcrypt").genSalt(4); await c.end()';
  it.each([
    ['pg', 'open.pg()', 13],
    ['pg over TLS', 'open.pg({ ssl: { ca: env.PG_CA } })', 20],
    ['mysql2', 'open.mysql()', 9],
    ['mysql2 over TLS', 'open.mysql({ ssl: { ca: env.MYSQL_CA } })', 13],
  ])(
    'crosses for what its server answers, and for nothing else that can be told with it: %s',
    async (_, open, most) => {
      const crossings = async () => (await run(`const c = await ${open}; ${LOGIN}`)).usage.crossings;
      // What comes together on a quiet machine may come apart on a busy one.
      await expect.poll(crossings, { timeout: 30_000, interval: 1 }).toBeLessThanOrEqual(most);
    },
  );

  it.each([
    ['pg', FAREWELLS.pg],
    ['mysql', FAREWELLS.mysql],
  ] as const)('has decided, however its server ends it after the last word: %s', async (driver, farewell) => {
    const url = driver === 'pg' ? uri : mysql.url;
    const port = await cutAtFarewell(portOf(url), farewell);
    const there = { [driver.toUpperCase()]: url.replace(`:${portOf(url)}`, `:${port}`) };
    const code = `const c = await open.${driver}(); await c.query('SELECT 1'); await c.end();
      await new Promise((ok) => setTimeout(ok, 50)); throw new Error('The password is wrong')`;
    for (let i = 0; i < 3; i++) {
      expect(await run(code, there)).toMatchObject({ outcome: 'threw', error: { message: 'The password is wrong' } });
    }
  });
});

it('a result is told when the server has let go: there may be room for one connection alone', async () => {
  let gone = 0;
  const port = await serve(
    (client) => {
      const database = connect(portOf(uri), '127.0.0.1').on('error', () => undefined);
      client.pipe(database);
      database.on('data', (bytes) => client.write(bytes));
      database.on('close', () => setTimeout(() => void client.end(() => (gone += 1)), 60));
    },
    { allowHalfOpen: true },
  );
  const there = { PG: uri.replace(`:${portOf(uri)}`, `:${port}`) };
  for (const count of [1, 2, 3]) {
    await run("const c = await open.pg(); await c.query('SELECT 1'); await c.end(); return 1", there);
    expect(gone).toBe(count);
  }
});

describe('a connection whose first words are known', () => {
  const BOTH = `const told = async (make, port, limitMs) => {
      const { client, socket, open } = make(port, limitMs); client.on('error', () => {});
      const events = trace(socket(), ['connect', 'error', 'close']); const how = await attempt(open);
      await new Promise((ok) => setTimeout(ok, 50)); return [how, events];
    };
    const pg = (port, limitMs) => { const { Client } = require('pg'); const client = new Client({ host: '127.0.0.1', port, user: 'u', password: 'p', connectionTimeoutMillis: limitMs });
      return { client, socket: () => client.connection.stream, open: () => client.connect() } };
    const mysql = (port, limitMs) => { const client = require('mysql2').createConnection({ host: '127.0.0.1', port, user: 'u', password: 'p', connectTimeout: limitMs });
      return { client, socket: () => client.stream, open: () => new Promise((ok, no) => client.on('connect', ok).on('error', no)) } };`;
  const both = `${BOTH} const [port] = args; return [await told(pg, port, 5000), await told(mysql, port, 5000)]`;

  it('says that it is refused, as in Node, and not that it is there', () =>
    expectSame(both, { args: [1], ...NOT_KEPT }));

  it.each([
    ['ends it at once', (client: Socket) => void client.end()],
    ['resets it at once', (client: Socket) => void client.resetAndDestroy()],
  ])('says first that it is there, as in Node, where its server %s', async (_, onClient) =>
    expectSame(both, { args: [await serve(onClient)], ...NOT_KEPT }),
  );

  it('ends in the time that its driver has, where its server says nothing', async () => {
    const hows = `${BOTH} const [port] = args; return [(await told(pg, port, 200))[0], (await told(mysql, port, 200))[0]]`;
    await expectSame(hows, { args: [await serve(() => undefined)], ...NOT_KEPT });
  });

  /** Gives back what came first, and ends. */
  const echo = () => serve((client) => void client.once('data', (bytes) => client.end(bytes)));
  const HEARD = `const heard = (socket, count) => new Promise((ok) => socket.once('data', (bytes) => ok(String(bytes.subarray(0, count)))));
    const { Client } = require('pg'); const net = require('net'); const [port] = args;
    const clientOf = (stream) => new Client({ host: '127.0.0.1', port, user: 'u', stream: () => stream }).on('error', () => {});`;

  it('hears them after what a script says on a socket of its own', async () => {
    const own = `${HEARD} class Own extends net.Socket { connect(...all) { return super.connect(...all).once('connect', () => this.write('PROXY')) } }
      const early = new net.Socket().once('connect', () => early.write('EARLY')); const seen = [];
      for (const stream of [new Own(), early]) { const first = heard(stream, 5); clientOf(stream).connect().catch(() => {}); seen.push(await first) }
      return seen`;
    await expectSame(own, { args: [await echo()], ...NOT_KEPT });
  });

  it('does not hear them where the script has connected the socket anew', async () => {
    const anew = `${HEARD} const stream = new net.Socket(); const over = new Promise((ok) => stream.once('close', ok));
      clientOf(stream).connect().catch(() => {}); await over; stream.removeAllListeners(); stream.on('error', () => {});
      stream.connect(port, '127.0.0.1', () => stream.write('GET')); return heard(stream, 3)`;
    await expectSame(anew, { args: [await echo()], ...NOT_KEPT });
  });

  it('says that it is there to a script that speaks first, where its server waits for that', async () => {
    const first = `const [port] = args; const c = require('mysql2').createConnection({ host: '127.0.0.1', port, user: 'u' }).on('error', () => {});
      const heard = new Promise((ok) => c.stream.once('data', (bytes) => ok(String(bytes))));
      c.stream.once('connect', () => c.stream.write('PROXY')); return heard`;
    await expectSame(first, { args: [await echo()], ...NOT_KEPT, timeoutMs: 3000 });
  });

  it('hears them when they are there where a script makes other ones each time', async () => {
    const code = `const { Client } = require('pg'); const c = new Client({ connectionString: env.PG }); let n = 0;
      const conf = c.getStartupConf; c.getStartupConf = () => ({ ...conf.call(c), application_name: 'n' + n++ });
      await c.connect(); const { rows } = await c.query('SHOW application_name'); await c.end(); return rows[0].application_name`;
    expect(await run(code)).toMatchObject({ outcome: 'completed', resultJson: expect.stringMatching(/^"n\d"$/) });
  });

  it('is broken where a script changes them when they are said already', async () => {
    const code = `const { Client } = require('pg'); const c = new Client({ connectionString: env.PG }); c.on('error', () => {});
      const open = c.connect(); c.connectionParameters.database = 'postgres'; return open.then(() => 'open', (error) => error.code)`;
    expect(await run(code)).toMatchObject({ outcome: 'completed', resultJson: '"ECONNRESET"' });
    expect(await run('const c = await open.pg(); await c.end(); return 1')).toMatchObject({ resultJson: '1' });
  });
});
