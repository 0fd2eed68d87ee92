/** What one run of a warm isolate does to what it finds there, the next does not meet. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../testing/attack.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

/** Time for the isolate of the last run to be ready again: the next run is to get it, if anybody does. */
const READY_AGAIN_MS = 300;

/** What `probe` gives in a run of its own, and in one after a run of the same script that did `act`. */
async function freshAndAfter(act: string, probe: string): Promise<readonly [unknown, unknown]> {
  const body = `const [first] = given; const probe = async () => ${probe};
    if (first) { ${act}; return 'done' } return await probe()`;
  const run = (args: readonly unknown[]) =>
    target.attack(body, { args, timeoutMs: 20_000, memoryLimitBytes: 128 * 1024 * 1024 });
  const fresh = await run([false]);
  expect(fresh).toMatchObject({ outcome: 'completed' });
  await sleep(READY_AGAIN_MS);
  await run([true]);
  await sleep(READY_AGAIN_MS);
  return [fresh.resultJson, (await run([false])).resultJson];
}

describe('the next run does not meet', () => {
  it.each([
    [
      'a getter in place of a method',
      'Object.defineProperty(Array.prototype, "map", { get: () => () => "evil", configurable: true })',
      '[1].map((x) => x)',
    ],
    [
      'something put on a module',
      'require("pg").kept = require("mysql2").kept = require("lodash").kept = require("https").kept = 1',
      '["pg", "mysql2", "lodash", "https"].filter((name) => require(name).kept === 1)',
    ],
    [
      'something put on a part of a module',
      'require("axios").interceptors.request.kept = require("https").globalAgent.kept = require("pg").types.kept = 1',
      '[require("axios").interceptors.request.kept, require("https").globalAgent.kept, require("pg").types.kept]',
    ],
    [
      'a getter that gives what was there',
      'const kept = Array.prototype.map; Object.defineProperty(Array.prototype, "map", { get: () => kept, configurable: true })',
      'typeof Object.getOwnPropertyDescriptor(Array.prototype, "map").get',
    ],
    [
      'another getter',
      'Object.defineProperty(Map.prototype, "size", { get: () => 99, configurable: true })',
      'new Map().size',
    ],
    [
      'another setter of __proto__',
      'Object.defineProperty(Object.prototype, "__proto__", { set() {}, configurable: true })',
      'Object.getPrototypeOf({ __proto__: null })',
    ],
    [
      'a species',
      'Object.defineProperty(Array, Symbol.species, { get: () => function () { return { evil: 1 } }, configurable: true })',
      '[1].concat([2])',
    ],
    [
      'a species of promises',
      'Object.defineProperty(Promise, Symbol.species, { get: () => null, configurable: true })',
      'Promise.resolve(1).then((x) => x)',
    ],
    [
      'a species of typed arrays',
      'Object.defineProperty(Object.getPrototypeOf(Uint8Array), Symbol.species, { get: () => Float64Array, configurable: true })',
      'new Uint8Array(3).slice(1).constructor.name',
    ],
    ['a prototype of a prototype', 'Object.setPrototypeOf(Array.prototype, { evil: 1 })', 'typeof [].evil'],
    ['a prototype of the global object', 'Object.setPrototypeOf(globalThis, { evil: 1 })', 'typeof evil'],
    ['a prototype of a constructor', 'Object.setPrototypeOf(Date, { evil: 1 })', 'typeof Date.evil'],
    [
      'a setter of an index',
      'Object.defineProperty(Array.prototype, "0", { set() {}, configurable: true })',
      '(() => { const list = []; list[0] = 1; return list })()',
    ],
    [
      'a setter on Object.prototype',
      'Object.defineProperty(Object.prototype, "rows", { set() {}, configurable: true })',
      '(() => { const o = {}; o.rows = 1; return o })()',
    ],
    [
      'frozen built-ins',
      'Object.freeze(Array.prototype); Object.freeze(Function.prototype)',
      '[Object.isFrozen(Array.prototype), Object.isExtensible(Function.prototype)]',
    ],
    ['a sealed global object', 'Object.preventExtensions(Math)', 'Object.isExtensible(Math)'],
    ['a missing built-in', 'delete Object.keys; delete globalThis.Map', '[typeof Object.keys, typeof Map]'],
    [
      'a built-in that became read-only',
      'Object.defineProperty(Date, "now", { writable: false })',
      'Object.getOwnPropertyDescriptor(Date, "now").writable',
    ],
    ['another clock', 'Date.now = () => 0; performance.now = () => 0', '[Date.now() > 0]'],
    [
      'other dice',
      'Math.random = () => 0; crypto.getRandomValues = (x) => x; require("crypto").randomBytes = () => Buffer.alloc(8)',
      '[Math.random() > 0, crypto.getRandomValues(new Uint8Array(16)).some(Boolean), require("crypto").randomBytes(8).some(Boolean)]',
    ],
    [
      'a regular expression that always fits',
      'RegExp.prototype.test = () => true; RegExp.prototype.exec = () => ["x"]; RegExp.prototype[Symbol.match] = () => ["x"]',
      '[/a/.test("b"), /a/.exec("b"), "b".match(/a/)]',
    ],
    [
      'comparisons that always hold',
      'Object.is = () => true; String.prototype.localeCompare = () => 0; Buffer.prototype.equals = () => true; Buffer.compare = () => 0',
      '[Object.is(1, 2), "a".localeCompare("b"), Buffer.from("a").equals(Buffer.from("b")), Buffer.compare(Buffer.from("a"), Buffer.from("b"))]',
    ],
    [
      'another JSON',
      'JSON.parse = () => ({ admin: true }); JSON.stringify = () => "{}"',
      '[JSON.parse("1"), JSON.stringify(1)]',
    ],
    [
      'another Reflect',
      'Reflect.ownKeys = () => []; Reflect.apply = () => 1; Reflect.deleteProperty = () => false',
      '[Reflect.ownKeys({ a: 1 }), Reflect.apply(() => 2, 0, [])]',
    ],
    [
      'other calls',
      'Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => 1',
      '[(() => 2).call(), (() => 2).apply(), (() => 2).bind()()]',
    ],
    [
      'another way of waiting',
      'Promise.prototype.then = function (f) { f("evil") }; Promise.resolve = () => 1; Promise.all = () => []',
      '[await Promise.resolve(2).then((x) => x), await Promise.all([1])]',
    ],
    [
      'other iterators',
      'const next = () => ({ done: true }); for (const list of [[], new Map(), new Set(), "", new Uint8Array()]) Object.getPrototypeOf(list[Symbol.iterator]()).next = next',
      '[[...[1]], [...new Map([[1, 2]])], [...new Set([1])], [...new Uint8Array(1)]]',
    ],
    [
      'other iterator helpers',
      'Object.getPrototypeOf([].values().map((x) => x)).next = () => ({ done: true })',
      '[...[1].values().map((x) => x)]',
    ],
    [
      'another Intl',
      'Intl.NumberFormat.prototype.format = () => "evil"; Object.defineProperty(Intl.NumberFormat.prototype, "format", { get: () => () => "evil" })',
      'new Intl.NumberFormat("en").format(1)',
    ],
    [
      'other errors',
      'Error.prepareStackTrace = () => "evil"; Error.stackTraceLimit = 0; Error.prototype.toString = () => "evil"; Object.defineProperty(Error, "captureStackTrace", { value: () => {} })',
      '[new Error("x").stack.includes("script.js"), String(new Error("x"))]',
    ],
    [
      'symbols that decide',
      'Object.defineProperty(UserNotFoundError, Symbol.hasInstance, { value: () => true }); Object.defineProperty(Array, Symbol.hasInstance, { value: () => true })',
      '[new Error("x") instanceof UserNotFoundError, {} instanceof Array]',
    ],
    ['what was searched last', '/.*/.exec("a password")', '[RegExp.input, RegExp["$&"], RegExp.lastMatch]'],
    [
      'what was left on a function',
      'Array.prototype.map.note = 1; globalThis.note = 1; process.note = 1; console.note = 1; Buffer.note = 1',
      '[typeof note, typeof process.note, typeof console.note, typeof Buffer.note]',
    ],
    [
      'listeners of the process',
      'process.on("uncaughtException", () => {}); process.on("warning", () => {})',
      'process.eventNames()',
    ],
    [
      'an environment of the process',
      'process.env.PGHOST = "evil"; process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0"; process.argv.push("x"); process.stdout.write = null',
      '[process.env, process.argv, typeof process.stdout.write]',
    ],
  ])('%s', async (_what, act, probe) => {
    const [fresh, after] = await freshAndAfter(act, probe);
    expect(after).toBe(fresh);
  });
});

describe('in a module the next run does not meet', () => {
  it.each([
    [
      'bcrypt that always says yes',
      'require("bcrypt").compare = async () => true; require("bcrypt").compareSync = () => true',
      '[await require("bcrypt").compare("a", "b"), require("bcrypt").compareSync("a", "b")]',
    ],
    [
      'crypto that always says yes',
      'require("crypto").timingSafeEqual = () => true; require("crypto").verify = () => true',
      '[require("crypto").timingSafeEqual(Buffer.from("a"), Buffer.from("b"))]',
    ],
    [
      'webcrypto that always says yes',
      'crypto.subtle.verify = async () => true; Object.getPrototypeOf(crypto.subtle).verify = async () => true',
      '[String(crypto.subtle.verify)]',
    ],
    [
      'another host for pg',
      'require("pg").defaults.host = "evil"; require("pg").defaults.password = "kept"',
      '[require("pg").defaults.host, require("pg").defaults.password]',
    ],
    [
      'answers that pg never got',
      'require("pg").Client.prototype.query = async () => ({ rows: [{ admin: true }] })',
      'String(require("pg").Client.prototype.query).includes("admin")',
    ],
    ['a class of pg', 'require("pg").Client = class { query() { return { rows: [1] } } }', 'require("pg").Client.name'],
    [
      'a type parser of pg',
      'require("pg").types.setTypeParser(20, () => "evil"); require("pg").types.setTypeParser(16, "text", () => true); require("pg").types.setTypeParser(16, "text", () => 7)',
      '[require("pg").types.getTypeParser(20, "text")("5"), require("pg").types.getTypeParser(16, "text")("f")]',
    ],
    [
      'a default of mysql2',
      'require("mysql2").createConnection = () => "evil"; require("mysql2/promise").createPool = () => "evil"',
      '[require("mysql2").createConnection.length, require("mysql2/promise").createPool.length]',
    ],
    [
      'a method of mongodb',
      'require("mongodb").Collection.prototype.findOne = async () => ({ admin: true }); require("mongodb").MongoClient.connect = () => "evil"',
      '[String(require("mongodb").Collection.prototype.findOne).includes("admin"), String(require("mongodb").MongoClient.connect).includes("evil")]',
    ],
    [
      'a default of mssql',
      'require("mssql").ConnectionPool.prototype.connect = async () => 1; require("mssql").map.length = 0',
      '[String(require("mssql").ConnectionPool.prototype.connect).length > 40, require("mssql").map.length > 0]',
    ],
    [
      'a default of axios',
      'const axios = require("axios"); axios.defaults.baseURL = "http://evil"; axios.defaults.headers.common.Authorization = "of another user"; axios.defaults.transformResponse.push(() => "evil"); axios.defaults.adapter = () => "evil"',
      'JSON.stringify(require("axios").defaults)',
    ],
    [
      'an interceptor of axios',
      'require("axios").interceptors.request.use((x) => x); require("axios").interceptors.response.use((x) => x)',
      '[require("axios").interceptors.request.handlers.length, require("axios").interceptors.response.handlers.length]',
    ],
    [
      'a method of axios',
      'require("axios").get = async () => ({ data: { ok: true } }); require("axios").Axios.prototype.request = async () => 1',
      '[require("axios").get.length, String(require("axios").Axios.prototype.request).length > 30]',
    ],
    [
      'a function of lodash',
      'const _ = require("lodash"); _.isEqual = () => true; _.mixin({ get: () => "evil" }); _.templateSettings.interpolate = /x/; _.note = 1',
      '[require("lodash").isEqual(1, 2), require("lodash").get({ a: 1 }, "a"), String(require("lodash").templateSettings.interpolate), typeof require("lodash").note]',
    ],
    [
      'trust in every certificate',
      'require("https").globalAgent.options.rejectUnauthorized = false; require("tls").DEFAULT_MIN_VERSION = "TLSv1"; require("tls").checkServerIdentity = () => undefined',
      '[require("https").globalAgent.options.rejectUnauthorized ?? null, require("tls").DEFAULT_MIN_VERSION, String(require("tls").checkServerIdentity).length > 20]',
    ],
    [
      'another agent',
      'require("http").globalAgent = { evil: 1 }; require("http").globalAgent.keepAlive = 1; require("https").globalAgent.maxSockets = 1',
      '[require("http").globalAgent.constructor.name, require("https").globalAgent.evil ?? null]',
    ],
    [
      'another fetch',
      'globalThis.fetch = async () => 1; Response.prototype.json = async () => ({ admin: true }); Headers.prototype.get = () => "evil"',
      '[fetch.length, String(Response.prototype.json).includes("admin"), new Headers().get("x")]',
    ],
    [
      'another URL',
      'URL.prototype.toString = () => "evil"; Object.defineProperty(URL.prototype, "hostname", { get: () => "evil" }); require("url").parse = () => ({})',
      '[String(new URL("http://a.b")), new URL("http://a.b").hostname, require("url").parse("http://a.b").hostname]',
    ],
    [
      'another stream',
      'require("stream").Readable.prototype.pipe = () => "evil"; require("events").prototype.emit = () => true; require("net").Socket.prototype.write = () => true',
      '[String(require("stream").Readable.prototype.pipe).includes("evil"), String(require("events").prototype.emit).length > 30, String(require("net").Socket.prototype.write).includes("=> true")]',
    ],
    [
      'another connect',
      'require("net").connect = require("tls").connect = require("http").request = () => "evil"',
      '[require("net").connect, require("tls").connect, require("http").request].map((f) => String(f).includes("evil"))',
    ],
    [
      'another way to look names up',
      'require("dns").lookup = (n, o, d) => d(null, "1.2.3.4", 4)',
      'String(require("dns").lookup).includes("1.2.3.4")',
    ],
    [
      'other tools',
      'const util = require("util"); util.inspect = () => "evil"; util.promisify = () => 1; util.inspect.defaultOptions = {}; require("assert").equal = () => {}; require("path").join = () => "evil"; require("querystring").escape = () => "evil"',
      '[require("util").inspect({ a: 1 }), require("util").promisify.name, require("path").join("a", "b"), require("querystring").stringify({ a: "&" })]',
    ],
    [
      'timers of its own',
      'require("timers").setTimeout = () => 1; require("timers/promises").setTimeout = () => 1',
      '[require("timers").setTimeout === setTimeout, require("timers/promises").setTimeout.length]',
    ],
  ])('%s', async (_what, act, probe) => {
    const [fresh, after] = await freshAndAfter(act, probe);
    expect(after).toBe(fresh);
  });

  it('what a bundle of another script changed: every version has an isolate of its own', async () => {
    await target.attack('require("bcrypt").compare = async () => true; return 1');
    const { resultJson } = await target.attack('return await require("bcrypt").compare("a", "b")');
    expect(resultJson).toBe('false');
  });
});

it('ids go on: those of one run never come again in the next', async () => {
  const body = `const { ObjectId } = require('mongodb'); return [new ObjectId().toHexString(), new ObjectId().toHexString()]`;
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    const { resultJson } = await target.attack(body, { timeoutMs: 20_000, memoryLimitBytes: 128 * 1024 * 1024 });
    ids.push(...(JSON.parse(resultJson as string) as string[]));
    await sleep(READY_AGAIN_MS);
  }
  expect(new Set(ids).size).toBe(8);
});

describe('code of a run that is over', () => {
  it.each([
    [
      'by a finalizer',
      'const registry = new FinalizationRegistry(() => { globalThis.late = 1; for (;;); }); for (let i = 0; i < 1e4; i++) registry.register({ i }, i)',
    ],
    ['by a chain of promises', '(async () => { for (let i = 0; i < 1e4; i++) await 0; globalThis.late = 1 })()'],
    ['by a microtask of a thenable', 'Promise.resolve({ then(done) { globalThis.late = 1; done() } })'],
    ['by a tick', 'process.nextTick(() => { globalThis.late = 1 })'],
  ])('does not run in the next: %s', async (_what, act) => {
    const probe = '(() => { for (let i = 0; i < 50; i++) new Array(1e4).fill(i); return typeof late })()';
    expect((await freshAndAfter(act, probe))[1]).toBe('"undefined"');
  });

  it('is not started by the putting back itself', async () => {
    const act = `for (const method of ['deleteProperty', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'defineProperty', 'isExtensible']) Reflect[method] = () => { for (;;); };
      Array.prototype[Symbol.iterator] = Set.prototype[Symbol.iterator] = Array.prototype.indexOf = Object.is = () => { for (;;); }`;
    const startedAtMs = performance.now();
    const [fresh, after] = await freshAndAfter(act, '1');
    expect(after).toBe(fresh);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  });
});
