/** Sessions of pg that one run leaves and a later one may take over, on a real PostgreSQL. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { expectServedByOne, resultOf } from './testing/kept-sessions.ts';
import { SCRIPT } from './testing/pg-session-script.ts';
import { db, env, give, host, PLAIN, reusedBy, run, uri } from './testing/pg-sessions.ts';
import { startRenumberingPooler } from './testing/renumbering-pooler.ts';
import type { RunOptions } from './testing/start-host.ts';

describe('a session of pg that was ended in order', () => {
  it.each([
    ['plain', PLAIN],
    ['over TLS', PLAIN.replace('open()', 'open({ ssl: { ca: env.CA } })')],
    [
      'of a pool',
      'const p = new Pool(place); const pid = (await p.query("SELECT pg_backend_pid() AS pid")).rows[0].pid; await p.end(); return pid',
    ],
    [
      'with callbacks',
      'return new Promise((ok, no) => { const c = new Client(place); c.connect((e) => e ? no(e) : c.query("SELECT pg_backend_pid() AS pid", (e, r) => c.end(() => e ? no(e) : ok(r.rows[0].pid)))) })',
    ],
    [
      'after an error of a query',
      'const c = await open(); await c.query("SELECT 1/0").catch(() => {}); const pid = await pidOf(c); await c.end(); return pid',
    ],
    [
      'after a transaction',
      'const c = await open(); await c.query("BEGIN"); const pid = await pidOf(c); await c.query("COMMIT"); await c.end(); return pid',
    ],
    [
      'after a prepared statement',
      'const c = await open(); const { rows } = await c.query({ name: "mine", text: "SELECT pg_backend_pid() AS pid, $1::int AS n", values: [1] }); await c.end(); return rows[0].pid',
    ],
    [
      'after a copy of everything',
      'const c = await open(); const { rows } = await c.query("SELECT repeat(chr(120), 100000) AS x, pg_backend_pid() AS pid FROM generate_series(1, 50)"); await c.end(); return rows[0].pid',
    ],
  ])('serves the next run as if it were new: %s', (_what, code) => expectServedByOne(() => run(code)));

  it('tells its driver the same facts of the connection and the server as a new one', async () => {
    const code = `const c = new Client({ ...place, ssl: { ca: env.CA } }); c.on('error', () => {}); const told = [];
      c.connection.on('parameterStatus', (m) => told.push(m.parameterName + '=' + m.parameterValue)); c.connection.on('backendKeyData', (m) => told.push(typeof m.secretKey));
      for (const e of ['connect', 'end']) c.on(e, () => told.push(e)); await c.connect();
      const s = c.connection.stream; told.push(s.encrypted, s.authorized, s.getProtocol(), s.remoteAddress, s.getPeerCertificate().subject.CN ?? null, c.processID === await pidOf(c));
      await c.end(); await new Promise((ok) => setTimeout(ok, 5)); return told`;
    expect(await give(code)).toEqual(await give(code));
    expect(await reusedBy(code)).toBe(1);
  });

  it('serves a second client of the same run', async () => {
    await give(PLAIN);
    const result = await run(
      `const one = await (async () => { ${PLAIN} })(); const two = await (async () => { ${PLAIN} })(); return one === two`,
    );
    expect(resultOf(result)).toBe(true);
    expect(result.usage).toMatchObject({ connectionsOpened: 0, connectionsReused: 2 });
  });

  it('comes with the run: a login leaves its isolate three times, and is called back twice', async () => {
    const code = 'const c = await open(); await c.query("SELECT 1"); await require("bcrypt").genSalt(4); await c.end()';
    const crossings = [];
    for (let i = 0; i < 8; i++) crossings.push((await run(code)).usage.crossings ?? 0);
    expect(Math.min(...crossings)).toBe(5);
  });

  it.each([
    ['another was offered', `${PLAIN.replace('open()', "open({ database: 'second' })")}`],
    ['it comes second', `const o = await open({ database: 'second' }); await o.end(); ${PLAIN}`],
    ['nobody wants one', 'return 1'],
  ])('leaves every run its own wish: %s', async (_what, code) => {
    const pid = await give(PLAIN);
    for (let i = 0; i < 3; i++) await give(code);
    expect(await give(PLAIN)).toBe(pid);
  });

  it('is closed like one that is not kept, where its driver takes leave in the midst of a transaction', async () => {
    const left = await give(PLAIN.replace('await c.end()', 'await c.query("BEGIN"); await c.end()'));
    await expect
      .poll(async () => (await db.query(`SELECT 1 FROM pg_stat_activity WHERE pid = ${left}`)).length)
      .toBe(0);
    expect(await give(PLAIN)).not.toBe(left);
  });

  it('that is not kept is gone before the same run has another', async () => {
    const code = `const left = []; for (let i = 0; i < 5; i++) {
      const c = await open(); const { rows } = await c.query("SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'");
      left.push(rows[0].n); await c.query('BEGIN'); await c.query('SELECT pg_advisory_xact_lock(7)'); await c.end();
    } return left`;
    expect(await give(code)).toEqual([0, 0, 0, 0, 0]);
  });

  it('never serves two at once', async () => {
    const code =
      'const c = await open(); const from = Date.now(); const pid = await pidOf(c); await c.query("SELECT pg_sleep(0.2)"); const to = Date.now(); await c.end(); return { pid, from, to }';
    type Use = { readonly pid: number; readonly from: number; readonly to: number };
    for (const round of [1, 2]) {
      const uses = (await Promise.all([1, 2, 3, 4].map(() => give(code)))) as Use[];
      // Runs that wait for each other's isolate may well have the same.
      const overlapping = uses.flatMap((one, at) =>
        uses
          .slice(at + 1)
          .flatMap((other) => (one.from < other.to && other.from < one.to ? [[one.pid, other.pid]] : [])),
      );
      expect(overlapping, `round ${round}`).not.toEqual([]);
      for (const [one, other] of overlapping) expect(one, `round ${round}`).not.toBe(other);
    }
  });

  it('serves runs in isolates of their own, too: no object of a run is in it', () =>
    expectServedByOne(() => run(PLAIN, { isolation: 'per_run' })));

  it('is not kept where keeping is switched off', async () => {
    const off = { reuse: undefined } as unknown as RunOptions;
    const pids = [await give(PLAIN, off), await give(PLAIN, off)];
    expect(pids[0]).not.toBe(pids[1]);
    expect((await run(PLAIN, off)).usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  });

  it('does not serve a run that may not connect there any more', async () => {
    await give(PLAIN);
    expect((await run(PLAIN, { reuse: { destinations: [] } })).usage).toMatchObject({ connectionsOpened: 1 });
    const elsewhere = [{ host: db.host, port: db.port, address: '203.0.113.1' }];
    expect((await run(PLAIN, { reuse: { destinations: elsewhere } })).usage).toMatchObject({ connectionsOpened: 1 });
  });

  it.each([
    ['another user', PLAIN.replace('open()', 'open({ connectionString: env.URI.replace("legacy_owner", "other") })')],
    ['another database', PLAIN.replace('open()', 'open({ connectionString: env.URI.replace(/legacy$/, "second") })')],
    ['another name of the application', PLAIN.replace('open()', 'open({ application_name: "x" })')],
    ['another time limit', PLAIN.replace('open()', 'open({ statement_timeout: 4000 })')],
    ['TLS', PLAIN.replace('open()', 'open({ ssl: { ca: env.CA } })')],
    [
      'a password that a function gives',
      PLAIN.replace(
        'open()',
        'open({ connectionString: undefined, ...new (require("url").URL)(env.URI), host: "127.0.0.1", port: Number(new URL(env.URI).port), user: "legacy_owner", database: "legacy", password: () => decodeURIComponent(new URL(env.URI).password) })',
      ),
    ],
  ])('is not taken for one with %s', async (_what, code) => {
    const pid = await give(PLAIN);
    expect(await give(code)).not.toBe(pid);
    expect(await give(PLAIN)).toBe(pid);
  });

  it('lets nobody in by a wrong password', async () => {
    await give(PLAIN);
    const wrong = PLAIN.replace('open()', 'open({ connectionString: env.URI.replace(/:[^:@]*@/, ":wrong@") })');
    expect(await run(wrong)).toMatchObject({ outcome: 'threw', error: { code: '28P01' } });
    expect(await reusedBy(PLAIN)).toBe(1);
  });

  it('is not carried to another environment, or to another version of the script', async () => {
    const pid = await give(PLAIN);
    expect(await give(PLAIN, { env: { ...env(), MORE: '1' } })).not.toBe(pid);
    const other = await host.run(`${SCRIPT}\n`, { env: env(), args: [PLAIN] });
    expect(resultOf(other)).not.toBe(pid);
  });

  it('has its certificate checked anew by a function of the script', async () => {
    const code = (verdict: string) =>
      PLAIN.replace('open()', `open({ ssl: { ca: env.CA, checkServerIdentity: () => ${verdict} } })`);
    await give(code('undefined'));
    expect(await reusedBy(code('undefined'))).toBe(1);
    expect(await run(code('new Error("not this one")'))).toMatchObject({
      outcome: 'threw',
      error: { message: 'not this one' },
    });
  });

  it('is opened anew when the server has ended it meanwhile', async () => {
    const pid = await give(PLAIN);
    await db.query(`SELECT pg_terminate_backend(${pid})`);
    await expect
      .poll(async () => (await db.query(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid}`)).length, {
        timeout: 20_000,
      })
      .toBe(0);
    const next = await run(PLAIN);
    expect(resultOf(next)).not.toBe(pid);
    expect(next.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  });

  it('is opened anew when the server ends it while the run has other things to do first', async () => {
    const gate = createServer().listen(0, '127.0.0.1');
    await once(gate, 'listening');
    const pid = await give(PLAIN);
    // Until then it is put back, and comes with no run.
    await sleep(300);
    const wait = `await new Promise((go) => require('net').connect(${(gate.address() as AddressInfo).port}, '127.0.0.1').on('data', go));`;
    const next = run(`${wait} ${PLAIN}`);
    const [waiting] = (await once(gate, 'connection')) as [Socket];
    await db.query(`SELECT pg_terminate_backend(${pid}, 20000)`);
    // It has left the process before its socket is closed.
    await sleep(100);
    waiting.end('go');
    gate.close();
    const result = await next;
    expect(resultOf(result)).not.toBe(pid);
    expect(result.usage).toMatchObject({ connectionsReused: 0 });
  });
});

it('sessions of a pooler are not kept, and after the first not even tried', async () => {
  await using pooler = await startRenumberingPooler(db);
  const url = new URL(uri);
  url.port = String(pooler.port);
  const through = { env: { ...env(), URI: url.href } };
  for (let i = 0; i < 3; i++) {
    const result = await run(PLAIN, through);
    resultOf(result);
    expect(result.usage).toMatchObject({ connectionsOpened: 1, connectionsReused: 0 });
  }
  await expect.poll(() => pooler.farewells, { timeout: 20_000 }).toBe(2);
});
