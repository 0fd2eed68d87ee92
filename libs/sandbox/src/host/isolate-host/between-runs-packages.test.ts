/** What one run does to a package, or to what only objects of a package lead to, the next run of its isolate does not meet. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type SqlServerDouble, startSqlServerDouble } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
let server: SqlServerDouble;
beforeAll(async () => {
  server = await startSqlServerDouble({
    tables: { users: { columns: { email: 'nvarchar(100)' }, rows: [{ email: 'ada@example.com' }] } },
  });
  host = await startHost();
});
afterAll(async () => {
  await host.stop();
  await server.stop();
});

const READY_AGAIN_MS = 300;
const MEMORY = 192 * 1024 * 1024;
let versions = 0;

const PRELUDE = `const sql = () => require('mssql');
  const config = (user, password) => ({ server: '127.0.0.1', port: Number(env.PORT), user, password, database: 'legacy', options: { encrypt: false } });`;

/** What the last of some runs of one script, in an isolate of its own, gives. */
async function endOf(act: string, probe: string, whats: readonly ('act' | 'probe')[]): Promise<unknown> {
  const source = `// version ${versions++}
    ${PRELUDE} async function login(what) { if (what === 'act') { ${act}; return null } ${probe} }`;
  const env = { PORT: String(server.port), USER: server.user, PASSWORD: server.password };
  let end: unknown;
  for (const [n, what] of whats.entries()) {
    if (n > 0) await sleep(READY_AGAIN_MS);
    const run = await host.run(source, { args: [what], env, timeoutMs: 20_000, memoryLimitBytes: MEMORY });
    const { outcome, resultJson, error, logs } = run;
    if (what === 'act') expect({ outcome, error }).toEqual({ outcome: 'completed', error: undefined });
    end = { outcome, resultJson, code: error?.code, message: error?.message, logs: logs.map(({ text }) => text) };
  }
  return end;
}

/** What `probe` gives in a first run, and in one after a run that did `act`. */
const freshAndAfter = async (act: string, probe: string): Promise<unknown[]> => [
  await endOf(act, probe, ['probe']),
  await endOf(act, probe, ['act', 'probe']),
];

async function expectSame(act: string, probe: string): Promise<void> {
  const [fresh, after] = await freshAndAfter(act, probe);
  expect(after).toEqual(fresh);
}

describe('mssql', () => {
  it.each([
    ['awaited', "await sql().connect(config('bob', 'wrong')); return 'bob is in'"],
    [
      'with a callback',
      "return new Promise((ok, no) => sql().connect(config('bob', 'wrong'), (e) => e ? no(e) : ok(1)))",
    ],
  ])('lets nobody in by the global pool of an earlier run, %s', async (_way, probe) => {
    const [fresh, after] = await freshAndAfter('await sql().connect(config(env.USER, env.PASSWORD))', probe);
    expect(fresh).toMatchObject({ outcome: 'threw', code: 'ELOGIN' });
    expect(after).toEqual(fresh);
  });

  it('tells no listener of an earlier run of this one', () =>
    expectSame(
      "sql().on('error', () => console.log('of an earlier run'))",
      "const ended = sql().connect({ ...config('bob', 'x'), port: 1 }).catch(() => 0); const count = sql().on('x', () => 0).listenerCount('error'); await ended; return count",
    ));

  it.each([
    [
      'handlers of values',
      "sql().valueHandler.set(sql().TYPES.NVarChar, () => 'evil')",
      'return sql().valueHandler.size',
    ],
    ['promises', 'sql().Promise = class Evil extends Promise {}', 'return sql().Promise.name'],
  ])('forgets %s', (_what, act, probe) => expectSame(act, probe));

  it('is put back although a run has changed what empties a map', () =>
    expectSame(
      "sql().valueHandler.set(sql().TYPES.NVarChar, () => 'evil'); const { clear } = Map.prototype; Map.prototype.clear = () => { Map.prototype.clear = clear }",
      'return sql().valueHandler.size',
    ));
});

describe('mongodb@3 forgets', () => {
  const LOG =
    "const { Logger } = require('mongodb@3'); new Logger('x').error('hi'); new Logger('x').debug('hi'); return Logger.currentLogger() === console.log";
  it.each([
    [
      'another logger and its level',
      "const { Logger } = require('mongodb@3'); Logger.setCurrentLogger(() => console.log('evil')); Logger.setLevel('debug')",
    ],
    [
      'the logger of a client',
      "new (require('mongodb@3').Logger)('y', { logger: () => console.log('evil'), loggerLevel: 'debug' })",
    ],
    [
      'what is logged',
      "const { Logger } = require('mongodb@3'); Logger.setLevel('error'); Logger.filter('class', ['x'])",
    ],
  ])('%s', (_what, act) => expectSame(act, LOG));
});

describe('what a package gives by a getter is put back:', () => {
  it.each([
    ["require('mongodb@7').Collection.prototype.findOne", 'async () => ({ admin: true })'],
    ["require('mongodb@7').BSON.ObjectId.isValid", '() => true'],
    ["require('mysql2').Types.kept", '1'],
    ["require('mysql2').Charsets.kept", '1'],
    ["require('mysql2').CharsetToEncoding[8]", "'evil'"],
    ["require('mysql2').TypedParameter.kept", '1'],
    ["require('mysql2').createPoolPromise.kept", '1'],
    ["require('mysql2/promise').Types.kept", '1'],
    ["require('axios').AxiosHeaders.prototype.get.kept", '1'],
    ["require('buffer').Blob.prototype.text", "() => 'evil'"],
    ["require('crypto').webcrypto.subtle.kept", '1'],
    ["require('http').globalAgent.kept", '1'],
    ["require('tls').rootCertificates.kept", '1'],
    ["require('lodash/get').kept", '1'],
    ["require('lodash').get", '() => 1'],
    ["require('lodash/fp').map.convert.kept", '1'],
  ])('%s', (place, value) => expectSame(`try { ${place} = ${value} } catch {}`, `return String(${place})`));
});

describe('what only instances lead to is put back:', () => {
  const HELD = 'const held = (value) => Object.getPrototypeOf(value)';
  it.each([
    ['a timer', 'setTimeout(() => {}, 1)'],
    ['an immediate', 'setImmediate(() => {})'],
    ["an iterator of a URL's parameters", "new URLSearchParams('a=b').entries()"],
    ['an iterator of headers', "new Headers({ a: 'b' }).entries()"],
    ['an iterator of a form', 'new FormData().entries()'],
    ['a wrapper of lodash', "require('lodash')([1])"],
    ['a lazy wrapper of lodash', "require('lodash')([1]).map((x) => x).__wrapped__"],
    ['a wrapper of lodash/fp', "require('lodash/fp')([1])"],
    ['an address of mongodb', "new (require('mongodb').MongoClient)('mongodb://127.0.0.1:1').options.hosts[0]"],
    ['a namespace of mongodb', "new (require('mongodb').MongoClient)('mongodb://127.0.0.1:1').db('x').s.namespace"],
    ['a namespace of mongodb@7', "new (require('mongodb@7').MongoClient)('mongodb://127.0.0.1:1').db('x').s.namespace"],
  ])('the prototype of %s', (_what, make) =>
    expectSame(
      `${HELD}; held(${make}).kept = 1; await new Promise((done) => setTimeout(done, 5))`,
      `${HELD}; return held(${make}).kept ?? null`,
    ),
  );

  it.each([
    ['a socket of pg', "new (require('pg').Client)().connection.stream"],
    [
      'a socket of mysql2',
      "(() => { const c = require('mysql2').createConnection({ host: '127.0.0.1', port: Number(env.PORT) }).on('error', () => 0); setImmediate(() => c.destroy()); return c.stream })()",
    ],
    ["the buffer of pg's socket", "new (require('pg').Client)().connection.stream._readableState.buffer"],
    ['the buffer of a stream', "new (require('stream').Readable)()._readableState.buffer"],
    ['the buffer of a hash', "require('crypto').createHash('md5')._readableState.buffer"],
    ['a queue of the web', 'new ReadableStream()._readableStreamController._queue'],
    ['an iterator of the web', 'new ReadableStream()[Symbol.asyncIterator]()._asyncIteratorImpl'],
  ])('the prototype of %s', (_what, make) =>
    expectSame(
      `${HELD}; held(${make}).kept = 1; await new Promise((done) => setTimeout(done, 5))`,
      `${HELD}; return held(${make}).kept ?? null`,
    ),
  );

  it('the functions that read and write a stack', () => {
    const slot = "Object.getOwnPropertyDescriptor(new Error(), 'stack')";
    return expectSame(`try { ${slot}.get.kept = ${slot}.set.kept = 1 } catch {}`, `return [${slot}.get?.kept ?? null]`);
  });
});

it('a regular expression of a module does not let itself be compiled anew, and one of a script does', () =>
  expectSame(
    "try { require('lodash').templateSettings.interpolate.compile('zzz') } catch {}",
    "return [String(require('lodash').templateSettings.interpolate), String(/a/.compile('b', 'g'))]",
  ));

it('what a script puts on its `require` is gone', () =>
  expectSame("require.cache = { profile: 'of an earlier run' }", 'return require.cache ?? null'));

describe('a package that is loaded after a run has patched a core module', () => {
  it('keeps nothing of the patch', () =>
    expectSame(
      `const crypto = require('crypto'); const { randomBytes } = crypto;
       crypto.randomBytes = (count) => { console.log('evil'); return randomBytes(count) }; require('mongodb')`,
      "const { ObjectId } = require('mongodb'); return typeof new ObjectId().id",
    ));

  it('leaves the isolate to serve on where it was another package that was changed', async () => {
    const source = `// version ${versions++}
      async function login() { require('axios').defaults.timeout = 5; require('pg').defaults.max = 3; require('lodash'); return performance.timeOrigin }`;
    const isolates = new Set<unknown>();
    for (let n = 0; n < 4; n += 1) {
      if (n > 0) await sleep(READY_AGAIN_MS);
      isolates.add((await host.run(source, { timeoutMs: 20_000 })).resultJson);
    }
    expect(isolates.size).toBeLessThan(4);
  });
});
