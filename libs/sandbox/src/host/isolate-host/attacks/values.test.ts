/** Hostile results, errors and arguments: each ends its own run by the right outcome, in time. */
import type { Outcome } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../testing/attack.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

type Case = readonly [what: string, body: string, outcome: Outcome | readonly Outcome[]];

async function expectOutcome(body: string, outcome: Outcome | readonly Outcome[]): Promise<void> {
  const outcomes = [outcome].flat();
  // What is to end by itself gets the time that a busy machine needs for it.
  const result = await target.attack(body, { timeoutMs: outcomes.includes('timed_out') ? 1000 : 20_000 });
  expect(outcomes).toContain(result.outcome);
  expect(result.outcome === 'completed' || typeof result.error?.message === 'string').toBe(true);
  await target.expectNextRunFine();
}

const SELF = 'const p = new Proxy({}, {';

describe('a result', () => {
  const results: Case[] = [
    ['a promise that never settles', 'return new Promise(() => {})', 'timed_out'],
    ['a thenable that never settles', 'return { then() {} }', 'timed_out'],
    [
      'a thenable that settles twice',
      'return { then(done, fail) { done(1); done(2); fail(new Error("x")) } }',
      'completed',
    ],
    ['a thenable that settles both ways', 'return { then(done, fail) { fail(new Error("x")); done(1) } }', 'threw'],
    ['a thenable that throws after it settled', 'return { then(done) { done(1); throw new Error("x") } }', 'completed'],
    ['a thenable of itself', 'const t = { then(done) { done(t) } }; return t', 'timed_out'],
    [
      'an endless chain of thenables',
      'const next = () => ({ then(done) { done(next()) } }); return next()',
      ['timed_out', 'out_of_memory'],
    ],
    [
      'a thenable that settles later, many times',
      'return { then(done) { for (let i = 0; i < 100; i++) setTimeout(done, i, i) } }',
      'completed',
    ],
    ['a getter for then that throws', 'return { get then() { throw new Error("x") } }', 'threw'],
    [
      'a proxy of everything',
      `${SELF} get: (_, key) => key === 'then' || key === 'toJSON' || typeof key === 'symbol' ? undefined : p, ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }); return p`,
      'invalid_result',
    ],
    [
      'a proxy without end',
      `${SELF} get: (_, key) => key === 'then' || key === 'toJSON' || key === '_bsontype' ? undefined : new Proxy({}, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }), ownKeys: () => Array.from({ length: 1e6 }, (_, i) => 'k' + i), getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }); return p`,
      ['quota_exceeded', 'timed_out', 'invalid_result', 'out_of_memory'],
    ],
    [
      'a proxy that throws in every trap',
      'const fail = () => { throw new Error("trap") }; return { a: new Proxy({}, new Proxy({}, { get: () => fail })) }',
      'invalid_result',
    ],
    [
      'a revoked proxy',
      'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return { proxy }',
      'invalid_result',
    ],
    [
      'a list that says that it has 2^32 items',
      'return { list: new Proxy([], { get: (_, key) => key === "length" ? 2 ** 32 : undefined }) }',
      ['quota_exceeded', 'timed_out'],
    ],
    ['a list of holes', 'return new Array(2 ** 31)', ['quota_exceeded', 'timed_out']],
    ['a getter that gives something else each time', 'let n = 0; return { get a() { return n++ } }', 'completed'],
    ['a getter that never comes back', 'return { get a() { for (;;); } }', 'timed_out'],
    ['toJSON without end', 'const f = () => ({ toJSON: f }); return f()', ['invalid_result', 'timed_out']],
    ['toJSON of toJSON', 'return { toJSON() { return { toJSON() { return 1 } } } }', 'completed'],
    ['100,000 levels', 'let a = 1; for (let i = 0; i < 1e5; i++) a = [a]; return a', 'invalid_result'],
    [
      'two million members',
      'const o = {}; for (let i = 0; i < 2e6; i++) o["k" + i] = 1; return o',
      ['quota_exceeded', 'timed_out', 'out_of_memory'],
    ],
    [
      'a small graph with a huge text',
      'let a = ["x".repeat(1000)]; for (let i = 0; i < 40; i++) a = [a, a]; return a',
      'quota_exceeded',
    ],
    ['a text of 20 MB', 'return "x".repeat(2e7)', 'quota_exceeded'],
    ['a buffer of 20 MB', 'return Buffer.alloc(2e7)', ['quota_exceeded', 'timed_out']],
    ['a BigInt of a million digits, which fits', 'return 10n ** 1000000n', ['completed', 'timed_out']],
    ['a Date that lies', 'const d = new Date(0); d.toISOString = () => "x".repeat(1e9); return d', 'completed'],
    ['a false BSON value', 'return { _bsontype: "ObjectId", toHexString: 5 }', 'invalid_result'],
    [
      'a BSON value without end',
      'return { _bsontype: "Binary", get buffer() { return this } }',
      ['invalid_result', 'timed_out'],
    ],
    [
      'a class instance with private parts',
      'return new (class { #x = 1; y = 2; get z() { return this.#x } })()',
      'completed',
    ],
    [
      'a promise whose then was replaced',
      'const p = Promise.resolve(1); p.then = (done) => done({ replaced: true }); return p',
      'completed',
    ],
    [
      'a promise of a subclass',
      'return (class extends Promise { then(done) { return super.then(() => done(7)) } }).resolve(1)',
      'completed',
    ],
    ['a generator', 'return (function* () { for (;;) yield 1 })()', 'completed'],
    ['lone surrogates and NUL', 'return "\\ud800\\u0000\\udfff"', 'completed'],
  ];
  it.each(results)('is judged in time: %s', async (_what, body, outcome) => expectOutcome(body, outcome));
});

describe('a thrown value', () => {
  const thrown: Case[] = [
    ['a getter that never comes back', 'throw { get message() { for (;;); } }', 'timed_out'],
    [
      'a name that never comes back',
      'throw new Proxy(new Error("x"), { get(target, key) { if (key === "name") for (;;); return target[key] } })',
      'timed_out',
    ],
    [
      'a proxy with every trap',
      'const fail = () => { throw new Error("trap") }; throw new Proxy({}, new Proxy({}, { get: () => fail }))',
      'threw',
    ],
    ['a cause of itself', 'const e = new Error("x"); e.cause = e; e.errors = [e, e]; throw e', 'threw'],
    [
      'a tree of causes',
      'const make = (depth) => Object.assign(new Error("x"), depth === 0 ? {} : { cause: make(depth - 1), reason: make(depth - 1), errors: [make(depth - 1)] }); throw make(8)',
      'threw',
    ],
    ['a million errors', 'throw new AggregateError(new Array(1e6).fill(new Error("x")), "many")', 'threw'],
    [
      'a list of errors that says that it is endless',
      'throw Object.assign(new Error("x"), { errors: new Proxy([], { get: (_, key) => key === "length" ? Infinity : new Error("y") }) })',
      'threw',
    ],
    ['a message of 50 MB', 'throw new Error("x".repeat(5e7))', ['threw', 'out_of_memory']],
    [
      'a stack of 50 MB',
      'throw Object.assign(new Error("x"), { stack: "script.js:1:1 ".repeat(4e6) })',
      ['threw', 'out_of_memory'],
    ],
    [
      'a stack that never comes back',
      'throw Object.defineProperty(new Error("x"), "stack", { get() { for (;;); } })',
      'timed_out',
    ],
    [
      'an engine told to write stacks without end',
      'Error.prepareStackTrace = () => { for (;;); }; throw new Error("x")',
      'timed_out',
    ],
    [
      'an engine told to keep all frames',
      'Error.stackTraceLimit = Infinity; const f = (n) => { if (n === 0) throw new Error("deep"); f(n - 1) }; f(5000)',
      'threw',
    ],
    [
      'a prepareStackTrace that throws',
      'Error.prepareStackTrace = () => { throw new Error("inside") }; throw new Error("x")',
      'threw',
    ],
    [
      'a prepareStackTrace that is a proxy',
      'Error.prepareStackTrace = new Proxy(() => {}, { apply() { for (;;); } }); throw new Error("x")',
      ['threw', 'timed_out'],
    ],
    [
      'a stackTraceLimit that is none',
      'Object.defineProperty(Error, "stackTraceLimit", { get() { throw 1 } }); throw new Error("x")',
      'threw',
    ],
    ['a symbol', 'throw Symbol.iterator', 'threw'],
    ['a function', 'throw () => {}', 'threw'],
    ['undefined', 'throw undefined', 'threw'],
    ['a bare object', 'throw Object.create(null)', 'threw'],
    [
      'a rejection of a proxy that nobody handles',
      'Promise.reject(new Proxy({}, new Proxy({}, { get: () => () => { throw 1 } }))); await new Promise(() => {})',
      'threw',
    ],
    [
      'a rejection of a symbol that nobody handles',
      'Promise.reject(Symbol("x")); await new Promise(() => {})',
      'threw',
    ],
    [
      'a thousand rejections that nobody handles',
      'for (let i = 0; i < 1000; i++) Promise.reject(i); await new Promise(() => {})',
      'threw',
    ],
    ['a toString that never comes back', 'throw { toString() { for (;;); } }', 'timed_out'],
    [
      'an error that says that it is ours',
      'throw Object.assign(new Error("x"), { code: "QUOTA_EXCEEDED" })',
      'quota_exceeded',
    ],
  ];
  it.each(thrown)('is told in time: %s', async (_what, body, outcome) => expectOutcome(body, outcome));

  it('is told without a word of where the host lies', async () => {
    for (const body of [
      'require("fs")',
      'require("crypto").createPrivateKey("x")',
      'process.binding("fs")',
      'await import("fs")',
    ]) {
      const result = await target.attack(body);
      expect(JSON.stringify(result)).not.toMatch(/isolate-host|dist\/runtime|node_modules|file:\/\//);
      const { resultJson } = await target.attack(
        `try { ${body} } catch (error) { return [error.message, error.stack, error.cause?.stack ?? ''] }`,
      );
      expect(resultJson).not.toMatch(/isolate-host|dist\/runtime|node_modules|file:\/\//);
    }
  });
});

describe('an argument of a call of the host', () => {
  const TRAP = 'const trap = () => { globalThis.sprung = (globalThis.sprung ?? 0) + 1; for (;;); };';
  it.each([
    [
      'a proxy as a host name',
      'new (require("net").Socket)().connect({ port: 1, host: new Proxy({}, { get: () => "127.0.0.1" }) })',
    ],
    [
      'an object with a toString as a host name',
      'require("net").connect({ port: 1, host: { toString: () => "127.0.0.1" } })',
    ],
    [
      'a proxy as options of TLS',
      'require("tls").connect({ port: 1, host: "127.0.0.1", ca: new Proxy([], {}), key: { get pem() { throw new Error("x") } } }).on("error", () => {})',
    ],
    ['a proxy of a buffer', 'require("zlib").gzipSync(new Proxy(Buffer.alloc(3), {}))'],
    ['a function among options', 'require("crypto").sign("sha256", Buffer.from("x"), { key: "k", padding: () => 1 })'],
    ['a symbol among options', 'require("crypto").scryptSync("p", "s", 8, { N: Symbol("x") })'],
    [
      'a getter among options',
      'require("crypto").scryptSync("p", "s", 8, { get N() { return 2 ** 30 }, maxmem: 2 ** 50 })',
    ],
    [
      'a getter that changes its mind',
      'let n = 0; require("crypto").scryptSync("p", "s", 8, { get N() { return n++ < 1 ? 16 : 2 ** 25 }, maxmem: 2 ** 50 })',
    ],
    [
      'a proxy of a key',
      'require("crypto").createHmac("sha256", new Proxy(require("crypto").createSecretKey(Buffer.alloc(8)), {}))',
    ],
    [
      'a cycle among options',
      'const o = { key: "k" }; o.self = o; require("crypto").sign("sha256", Buffer.from("x"), o)',
    ],
    [
      'options without end',
      'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; require("crypto").sign("sha256", Buffer.from("x"), { key: o })',
    ],
    [
      'a detached buffer',
      'const b = new Uint8Array(8); b.buffer.transfer(); require("crypto").createHash("md5").update(b)',
    ],
    [
      'a typed array with a false length',
      'const b = new Uint8Array(8); Object.defineProperty(b, "byteLength", { value: 2 ** 31 }); require("zlib").gzipSync(b)',
    ],
    ['a name of a prototype', 'require("crypto").createHash("__proto__")'],
    [
      'a list that grows while it is read',
      'const l = ["x"]; Object.defineProperty(l, 0, { get() { l.push("x"); return "x" } }); require("dns").setServers(l)',
    ],
    ['an iterator without end', 'new Headers((function* () { for (;;) yield ["a", "b"] })())'],
    [
      'a body without end',
      'await fetch("http://127.0.0.1:1", { method: "POST", duplex: "half", body: (async function* () { for (;;) yield new Uint8Array(1000) })() })',
    ],
    ['a text of lone surrogates', 'require("net").connect(1, "\\ud800")'],
    ['a host name with NUL', 'require("net").connect(1, "127.0.0.1\\u0000.example")'],
  ])('is an error of the script or nothing: %s', async (_what, act) => {
    const { outcome, error } = await target.attack(
      `${TRAP} try { ${act} } catch (error) { return [error instanceof Error, typeof error.message] } return [true, "string"]`,
    );
    expect(['completed', 'quota_exceeded', 'threw', 'timed_out', 'out_of_memory', 'store_unreachable']).toContain(
      outcome,
    );
    if (outcome === 'threw') expect(error?.message).not.toMatch(/isolate-host|node_modules/);
    await target.expectNextRunFine();
  });
});
