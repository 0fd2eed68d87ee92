/**
 * What modules keep in variables of their own. A run that patches a method for a moment, while something of ours calls it,
 * gets them as its `this`, and leaves nothing that a look at the built-ins would find.
 */
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from '../testing/start-host.ts';
import { createTwoRuns } from '../testing/two-runs.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { inTwoRuns, toldNext } = createTwoRuns(() => host);

/** Everything that methods of `kinds` are called on while `use` is called, and whatever can be done to it. */
const CAPTURING = `const { apply } = Reflect; const { get: natively } = WeakMap.prototype;
  function capture(kinds, use) {
    const met = new Set(); const { add } = Set.prototype; const undo = [];
    for (const { prototype } of kinds) for (const name of Reflect.ownKeys(prototype)) {
      const native = Object.getOwnPropertyDescriptor(prototype, name).value;
      if (typeof native !== 'function' || name === 'constructor') continue;
      prototype[name] = function (...given) { apply(add, met, [this]); return apply(native, this, given) };
      undo.push(() => { prototype[name] = native });
    }
    try { use() } finally { for (const each of undo) each() }
    return met;
  }
  const attempt = (f) => { try { return f() } catch (error) { return error.code ?? error.message } };
  const put = (met, methods) => { for (const each of met) attempt(() => Object.assign(each, methods)) };
  const clear = (met) => { for (const each of met) attempt(() => each.clear()) };
  const ended = (stream, end) => new Promise((done) => stream.on(end, done).on('error', done));`;

/** What `read` gives in the run after one that has spoilt whatever it met of these kinds while it read. */
const afterSpoiling = (kinds: string, spoil: string, setUp: string, read: string, args: readonly unknown[] = []) =>
  toldNext(
    `${CAPTURING}
    async function act(run, ...given) {
      ${setUp}
      const read = () => ${read};
      await read(); // what is loaded over a patch has the isolate given up
      if (run === 1) { let first; const met = capture([${kinds}], () => { first = read() }); await first; ${spoil} }
      return await read();
    }`,
    { args },
  );

/** A server that sends back what it is sent. */
async function withEcho<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    return await use((server.address() as { port: number }).port);
  } finally {
    server.close();
  }
}

const HASH = "'$2b$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijkl'";

describe('a method that an earlier run has put on what a module keeps is not called:', () => {
  const ALL_TRUE =
    "put(met, { exec: () => ['', '31'], test: () => true, [Symbol.replace]: () => 'evil', has: () => true })";
  const ALL_FALSE = 'put(met, { exec: () => null, test: () => false, has: () => false })';
  const ALL_KINDS = 'RegExp, Set, Map, WeakMap, WeakSet';

  it('none reads what is written to a socket', async () => {
    const spoil = `put(met, { get(key) { const channel = apply(natively, this, [key]);
        return channel?.write ? { ...channel, write: (bytes, done) => channel.write(Buffer.from('evil'), done) } : channel } })`;
    const setUp = "const net = require('net'); const [port] = given;";
    const read = `new Promise((done) => { const socket = net.connect(port, '127.0.0.1');
        socket.on('data', (bytes) => { socket.destroy(); done(String(bytes)) }).on('error', done); socket.write('good') })`;
    expect(await withEcho((port) => afterSpoiling('WeakMap', spoil, setUp, read, [port]))).toBe('good');
  });

  it('none lets a header end its line', async () => {
    const setUp =
      "const http = require('http'); const request = http.request('http://127.0.0.1:1').on('error', () => {}); request.destroy();";
    const read = "attempt(() => request.setHeader('a', 'b\\r\\nc: d').getHeader('a'))";
    const spoil = "put([...met].filter((each) => !each.test('a')), { test: () => false })";
    expect(await afterSpoiling('RegExp', spoil, setUp, read)).toBe('ERR_INVALID_CHAR');
  });

  it('none tells the rounds of a hash', async () => {
    const read = `bcrypt.getRounds(${HASH})`;
    expect(await afterSpoiling('RegExp', ALL_TRUE, "const bcrypt = require('bcrypt');", read)).toBe(10);
  });

  it.each(['lodash', 'lodash/fp'])('none escapes for %s', async (name) => {
    const setUp = `const _ = require('${name}');`;
    const read = "_.escape('<a & b>')";
    expect(await afterSpoiling('RegExp', ALL_FALSE, setUp, read)).toBe('&lt;a &amp; b&gt;');
  });

  it.each([
    ['lodash', "_.get({ a: { b: 'good' } }, 'a.b')"],
    ['lodash/fp', "_.get('a.b', { a: { b: 'good' } })"],
  ])('none takes a path apart for %s', async (name, read) => {
    expect(await afterSpoiling('RegExp', ALL_TRUE, `const _ = require('${name}');`, read)).toBe('good');
  });

  it('none tells the data of a function of lodash', async () => {
    const setUp = "const _ = require('lodash'); const add = _.curry((a, b) => a + b);";
    const spoil = "put(met, { get: () => [() => 'evil', 0] })";
    const read = "_.flow([_.curry((a) => a)])('good')";
    expect(await afterSpoiling(ALL_KINDS, spoil, setUp, read)).toBe('good');
  });

  it('none reads a connection string', async () => {
    const setUp = "const { parse } = require('url');";
    const read = "parse('postgres://user:a%20b@db.example:5432/name?x=1').host";
    expect(await afterSpoiling(ALL_KINDS, ALL_FALSE, setUp, read)).toBe('db.example:5432');
  });

  it('none reads a query that mysql2 has read before', async () => {
    const setUp = "const mysql = require('mysql2');";
    const read = "mysql.format('select ? from ??', [\"a'b\", 'c.d'])";
    expect(await afterSpoiling(ALL_KINDS, ALL_FALSE, setUp, read)).toBe("select 'a\\'b' from `c`.`d`");
  });
});

describe('what an earlier run has taken out of what a module keeps is there again:', () => {
  it('characters that URLs escape', async () => {
    const setUp = 'const { URL } = globalThis;';
    const read = "new URL('http://good.example/a b?c d#e f').href";
    expect(await afterSpoiling('Set, Map', 'clear(met)', setUp, read)).toBe('http://good.example/a%20b?c%20d#e%20f');
  });

  it('options by which connections differ', async () => {
    const setUp = "const { Agent } = require('https'); const agent = new Agent();";
    const read = "agent.getName({ host: 'x', ca: 'a', key: 'b', minVersion: 'c' })";
    const spoil =
      'for (const each of met) attempt(() => { if (each.includes("ca") || each.includes("crl")) each.length = 0 })';
    expect(await afterSpoiling('Array', spoil, setUp, read)).toBe('x:::a::::b::::c:::::::::::');
  });

  it('methods that have no body', async () => {
    const setUp = "const http = require('http'); const [port] = given; const data = [];";
    const read = `new Promise((done) => { const request = http.get({ port, host: '127.0.0.1', agent: false, headers: { host: 'x' } });
        request.on('socket', (socket) => socket.on('data', (bytes) => { data.push(String(bytes)) }));
        request.on('error', () => done(data.splice(0).join(''))) })`;
    const head = 'GET / HTTP/1.1\r\nhost: x\r\nConnection: close\r\n\r\n';
    expect(await withEcho((port) => afterSpoiling('Set', 'clear(met)', setUp, read, [port]))).toBe(head);
  });
});

describe('what searches begin with is as it was:', () => {
  it('a regular expression that lodash shows', async () => {
    const source = `const _ = require('lodash');
      function act(run) { const { escape } = _.templateSettings; const { lastIndex } = escape; escape.lastIndex = 5; return lastIndex }`;
    expect(await toldNext(source)).toBe(0);
  });

  it('what one looks for', async () => {
    const spoil = "for (const each of met) attempt(() => each.compile('x'))";
    expect(await afterSpoiling('RegExp', spoil, "const bcrypt = require('bcrypt');", `bcrypt.getRounds(${HASH})`)).toBe(
      10,
    );
  });
});

describe('bytes that an earlier run has overwritten are as they were:', () => {
  it('what pg says to its server', async () => {
    const source = `${CAPTURING} const { Connection } = require('pg');
      function act(run) {
        const sent = []; const stream = { writable: true, write: (bytes) => sent.push(bytes), end: () => {} };
        const connection = Object.assign(new Connection({ stream: { on() {}, once() {} } }), { stream, _connecting: true });
        connection.sync(); connection.flush(); connection.execute({});
        connection.describe({ type: 'P' }); connection.describe({ type: 'S' }); connection.endCopyFrom(); connection.end();
        const told = sent.map((bytes) => [...bytes].join());
        const own = sent.filter((bytes) => Object.hasOwn(bytes, 'write')).length;
        if (run === 1) for (const bytes of sent) { attempt(() => { bytes.write = 'kept' }); bytes.fill(7) }
        return { told, own };
      }`;
    const messages = [[83], [72], [69, 9, 0, 0, 0, 0, 0], [68, 6, 80, 0], [68, 6, 83, 0], [99], [88]];
    const inFull = ([code, length = 4, ...rest]: readonly number[]) => [code, 0, 0, 0, length, ...rest].join();
    expect(await toldNext(source)).toEqual({ told: messages.map(inFull), own: 0 });
  });

  it('what mysql2 asks for a key with', async () => {
    const source = `${CAPTURING} const { authPlugins } = require('mysql2');
      function act(run) {
        const login = authPlugins.caching_sha2_password({})({ connection: { config: { password: 'x', ssl: false }, stream: {} } });
        login(Buffer.alloc(20)); const asks = login(Buffer.from([4])); const told = [...asks];
        asks.fill(7); attempt(() => { asks.kept = run });
        return [told, asks.kept ?? null];
      }`;
    expect(await toldNext(source)).toEqual([[2], null]);
  });
});

describe('a run does not get', () => {
  it.each([
    ['lodash', '_.uniqBy([...Array(300).keys()], (x) => x).length'],
    ['lodash/fp', '_.uniqBy((x) => x, [...Array(300).keys()]).length'],
  ])('a set of %s in which an earlier one says everything is', async (name, read) => {
    const source = `const _ = require('${name}');
      function act(run) {
        const met = [];
        if (run === 1) Object.defineProperty(Object.prototype, '__data__', { configurable: true, set(value) {
          met.push(this);
          Object.defineProperty(this, '__data__', { value, writable: true, enumerable: true, configurable: true });
        } });
        try { ${read} } finally { delete Object.prototype.__data__ }
        for (const each of met) for (const of of [each, Object.getPrototypeOf(each)]) try { of.has = () => true } catch {}
        return ${read};
      }`;
    expect(await toldNext(source)).toBe(300);
  });

  it.each(['mongodb', 'mongodb@7', 'mongodb@3'])('ids of %s that come again, or are none', async (name) => {
    const source = `const { ObjectId } = require('${name}');
      function act(run) { const { index } = ObjectId; const id = new ObjectId(); ObjectId.index = run === 1 ? 'evil' : index; return [id, new ObjectId()] }`;
    const [first, second] = await inTwoRuns(source);
    expect(second.isolate).toBe(first.isolate);
    const ids = [first, second].flatMap(({ told }) => told as string[]);
    expect(new Set(ids).size).toBe(4);
    expect(ids.filter((id) => !/^[\da-f]{24}$/.test(id))).toEqual([]);
  });

  it.each([
    ['mongodb', 'ReadPreference.primary.mode', 'primary'],
    ['mongodb', 'Long.ZERO.low', 0],
    ['mongodb', 'Long.MAX_VALUE.high', 0x7fffffff],
    ['mongodb', 'Long.fromInt(77).low', 77],
    ['mongodb@7', 'Long.fromInt(77, true).low', 77],
    ['mongodb@7', 'ReadPreference.primary.mode', 'primary'],
    ['mongodb@3', 'ReadPreference.PRIMARY', 'primary'],
    ['lodash', 'VERSION', '4.18.1'],
    ['axios', 'AxiosError.ERR_NETWORK', 'ERR_NETWORK'],
  ])('of %s another %s', async (name, path, good) => {
    const [, object = '', member = ''] = /^(?:(.*)\.)?(\w+)$/.exec(`package.${path}`) ?? [];
    const source = `const package = require('${name}');
      function act(run) { const told = ${object}.${member}; ${object}.${member} = 'evil'; return told }`;
    expect(await toldNext(source)).toBe(good);
  });
});
