/**
 * What no module shows, but instances lead to. Each graph of instances is made twice in a run: what both have in common is
 * not theirs but a module's, and what a script puts there has to be gone in the next run of its isolate.
 */
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from '../testing/start-host.ts';
import { createTwoRuns, type Told } from '../testing/two-runs.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { inTwoRuns, toldNext } = createTwoRuns(() => host);

/**
 * Functions with nothing of their own, which a run may spoil its isolate by, are marked apart; nothing is put on what is
 * the language's. Tells how many were marked, or where marks are.
 */
const MARKING = `
  const { ownKeys, getPrototypeOf } = Reflect; const { getOwnPropertyDescriptor } = Object;
  const text = Function.prototype.toString;
  const isNative = (value) => typeof value === 'function' && text.call(value).includes('[native code]');
  const isEmpty = (value) => typeof value === 'object' && ownKeys(value).length === 1 && Object.hasOwn(value, 'constructor');
  const isPlain = (value) => typeof value === 'function' ? !value.prototype && ownKeys(value).length === 2 || ownKeys(value).length === 3 && isEmpty(value.prototype) : isEmpty(value);
  function walk(roots, skipped) {
    const met = new Map(); const queue = roots.map((root, at) => [root, String(at)]);
    for (let i = 0; i < queue.length; i++) {
      const [value, path] = queue[i];
      if (Object(value) !== value || met.has(value) || skipped?.has(value) || ArrayBuffer.isView(value)) continue;
      met.set(value, path);
      queue.push([getPrototypeOf(value), path + '.^']);
      for (const key of ownKeys(value)) {
        const slot = getOwnPropertyDescriptor(value, key);
        for (const part of ['value', 'get', 'set']) if (slot) queue.push([slot[part], path + '.' + String(key)]);
      }
    }
    return met;
  }
  const ofLanguage = (value) => isNative(value) && !value.name.startsWith('bound ') || ownKeys(value).some((key) => isNative(getOwnPropertyDescriptor(value, key)?.value));
  async function act(run) {
    const globals = walk([globalThis]);
    const [first, second] = [walk(await make(), globals), walk(await make(), globals)];
    const shared = [...first].filter(([value]) => second.has(value) && !ofLanguage(value) && isPlain(value) === marksPlain);
    if (run === 2) return shared.filter(([value]) => Object.hasOwn(value, 'kept')).map(([, path]) => path);
    for (const [value] of shared) try { value.kept = 1 } catch {}
    return shared.filter(([value]) => Object.hasOwn(value, 'kept')).length;
  }`;

const markIn = (instances: string, marksPlain: boolean): Promise<readonly [Told, Told]> =>
  inTwoRuns(`const marksPlain = ${marksPlain}; const make = async () => { ${instances} };${MARKING}`);

const MONGODB = (name: string) => `const { MongoClient } = require('${name}');
  const client = new MongoClient('mongodb://user:password@127.0.0.1:1', { serverSelectionTimeoutMS: 50 }); const db = client.db('x');
  const cursor = db.collection('y').find(); const session = client.startSession();
  const { reason } = await client.connect().catch((error) => error); await client.close();
  return [client.options, client.s, client.driverInfoList, client._events, db.s, cursor, cursor.stream(), session, session.serverSession, session.transaction, reason, ...reason.servers.values()];`;

const INSTANCES: Readonly<Record<string, string>> = {
  'streams of the web': `const wait = (end) => { end.catch(() => {}) };
    const [read, bytes, piped, iterated, written] = [new ReadableStream().getReader(), new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' }), new ReadableStream(), new ReadableStream().values(), new WritableStream()];
    wait(read.read()); wait(bytes.read(new Uint8Array(1))); wait(piped.pipeTo(new WritableStream())); wait(iterated.next()); wait(written.close());
    const body = new Response('x').body; const marks = Object.getOwnPropertySymbols(ReadableStream.prototype).map((mark) => body[mark]);
    const strategies = [ByteLengthQueuingStrategy, CountQueuingStrategy].map((Strategy) => new Strategy({ highWaterMark: 1 }).size);
    return [read, bytes, piped, iterated, written, body.values(), ...marks, ...strategies, new TransformStream()];`,
  'streams of Node': `const { Duplex, PassThrough, Readable, Writable } = require('stream');
    const silent = new Writable({ write() {} }); silent.write('x');
    return [Readable.from(['a'])[Symbol.asyncIterator](), Readable.from(['a']).iterator(), Duplex.from(async function* () {}), Duplex.from(new Readable({ read() {} })), new PassThrough().setEncoding('utf8'), silent];`,
  'keys of crypto': `const { createSecretKey, generateKeyPairSync } = require('crypto');
    return [createSecretKey(Buffer.from('a')), ...Object.values(generateKeyPairSync('ec', { namedCurve: 'P-256' }))];`,
  'an emitter of async_hooks': `return [new (require('events').EventEmitterAsyncResource)({ name: 'x' }).asyncResource];`,
  'a context of tls': `return [require('tls').createSecureContext(), require('tls').createSecureContext().context];`,
  'a request of http': `const request = require('http').request('http://127.0.0.1:1').on('error', () => {}); request.setTimeout(1000); request.destroy(); return [request];`,
  'a request of https': `const request = require('https').request('https://127.0.0.1:1').on('error', () => {}); request.destroy(); return [request];`,
  'options of inspect': `const { inspect } = require('util'); const given = [];
    const shown = { [inspect.custom]: (depth, options) => { given.push(options); return '' } }; inspect(shown); inspect(shown, { colors: true }); return given;`,
  lodash: `const _ = require('lodash'); const { cache } = _.memoize((x) => x); let stack;
    _.mergeWith({ a: { b: 1 } }, { a: { b: 2 } }, (...given) => { stack = given[5] });
    return [cache, stack, _([1]), _([1]).map((x) => x), _.chain([1]).map((x) => x).__wrapped__];`,
  'lodash/fp': `const fp = require('lodash/fp'); return [fp.memoize((x) => x).cache, fp([1]), fp([1]).map((x) => x)];`,
  axios: `const axios = require('axios'); const { request } = await axios.get('http://127.0.0.1:1/').catch((error) => error);
    return [request, axios.getAdapter('http'), request._currentRequest];`,
  pg: `const { Client, types } = require('pg'); const parsers = [];
    for (let type = 16; type < 4000; type++) parsers.push(types.getTypeParser(type), types.getTypeParser(type, 'binary'));
    return [new Client().connectionParameters, ...parsers];`,
  mysql2: `const mysql = require('mysql2'); const pool = mysql.createPool({ host: '127.0.0.1' }); const query = mysql.createQuery('select 1', {}, undefined, {});
    return [pool, mysql.createPoolCluster().of('*'), query, Object.getPrototypeOf(Object.getPrototypeOf(query))];`,
  'mysql2/promise': `const mysql = require('mysql2/promise'); const cluster = mysql.createPoolCluster();
    return [mysql.createPool({ host: '127.0.0.1' }), cluster, cluster.of('*')];`,
  mongodb: MONGODB('mongodb'),
  'mongodb@7': MONGODB('mongodb@7'),
  'mongodb@3': `return [new (require('mongodb@3').MongoClient)('mongodb://127.0.0.1:1')];`,
};

describe('what instances lead to is as no run has found it:', () => {
  it.each(Object.entries(INSTANCES))('%s', async (_what, instances) => {
    const [first, second] = await markIn(instances, false);
    expect(second.told).toEqual([]);
    // Put back, not given up.
    expect(second.isolate).toBe(first.isolate);
  });

  it.each(Object.entries(INSTANCES))('%s, and each of their functions', async (_what, instances) => {
    expect((await markIn(instances, true))[1].told).toEqual([]);
  });
});

/** Puts a function in the place of a method or getter of what an object inherits, where that can be changed. */
const CHANGING = `function change(object, name, changed) {
    for (let from = Object.getPrototypeOf(object); from && from !== Object.prototype; from = Object.getPrototypeOf(from)) {
      const slot = Object.getOwnPropertyDescriptor(from, name);
      if (slot) try { Object.defineProperty(from, name, slot.get ? { ...slot, get: changed } : { ...slot, value: changed }) } catch {}
    }
  }`;

describe('a run does not get', () => {
  it('a wrong password in by what an earlier one made of keys', async () => {
    const source = `const { createSecretKey } = require('crypto'); const key = (text) => createSecretKey(Buffer.from(text));
      function act(run) { if (run === 1) Object.getPrototypeOf(key('a')).equals = () => true; return key('right').equals(key('wrong')) }`;
    expect(await toldNext(source)).toBe(false);
  });

  it.each([
    ['lodash', "_.get(user, 'auth.password')", '_.memoize((x) => x).cache'],
    ['lodash/fp', "_.get('auth.password', user)", '_.memoize((x) => x).cache'],
  ])('at another property, by a path that an earlier one has put into what %s keeps', async (name, read, cache) => {
    const source = `const _ = require('${name}'); const user = { auth: { password: 'secret' }, open: 'open' };
      function act(run) {
        if (run === 2) return ${read};
        const Cache = Object.getPrototypeOf(${cache}); const { has, set } = Cache; const caches = [];
        Cache.has = function (key) { caches.push(this); return has.call(this, key) }; ${read};
        for (const each of caches) set.call(each, 'auth.password', ['open']);
        return caches.length;
      }`;
    expect(await toldNext(source)).toBe('secret');
  });

  it('an adapter of axios that an earlier one has changed', async () => {
    const source = `const axios = require('axios');
      function act(run) { const adapter = axios.getAdapter('fetch'); adapter.kept ??= run; return adapter.kept }`;
    expect(await toldNext(source)).toBe(2);
  });

  it('a promise that an earlier one has had of no stream', async () => {
    const source = `const mark = Symbol.for('nodejs.webstream.isClosedPromise');
      function act(run) { const ended = ReadableStream.prototype[mark]; ended.kept ??= run; return ended.kept }`;
    expect(await toldNext(source)).toBe(2);
  });

  it('another digest, by what an earlier one has done to the state of one', async () => {
    const source = `const crypto = require('crypto');
      const made = () => [crypto.createHash('sha256'), crypto.createHmac('sha512', 'k')];
      ${CHANGING}
      function act(run) {
        if (run === 1) for (const each of made()) change(each._copyState?.() ?? {}, 'digest', () => new Uint8Array(32).fill(7));
        return made().map((each) => each.update('x').digest('hex').slice(0, 16));
      }`;
    const digests = [createHash('sha256'), createHmac('sha512', 'k')];
    expect(await toldNext(source)).toEqual(digests.map((each) => each.update('x').digest('hex').slice(0, 16)));
  });

  it.each([
    ['hostname', '_url', "new URL('https://good.example/x', 'http://c.d').hostname", 'good.example'],
    ['get', '_list', "new URLSearchParams('a=good').get('a')", 'good'],
  ])('what an earlier one has put behind a URL that it met while it was made: %s', async (member, trap, read, good) => {
    const source = `${CHANGING}
      function act(run) {
        const met = [];
        ${read}; // what is loaded over a patch has the isolate given up
        if (run === 1) Object.defineProperty(Object.prototype, '${trap}', { configurable: true, set(value) {
          met.push(this);
          Object.defineProperty(this, '${trap}', { value, writable: true, enumerable: true, configurable: true });
        } });
        try { ${read} } finally { delete Object.prototype['${trap}'] }
        for (const inner of met) change(inner, '${member}', () => 'evil');
        return ${read};
      }`;
    expect(await toldNext(source)).toBe(good);
  });
});
