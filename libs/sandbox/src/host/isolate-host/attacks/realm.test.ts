/** Nothing that a script can get hold of belongs to another realm than its own: from there it would be one step to the host. */
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../testing/attack.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

/** Where a value's constructors lead: to this global, or, by a prototype that is not ours, to another. */
const IS_OURS = `
const AsyncFunction = (async () => {}).constructor;
const isOurs = (value) => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return true;
  let top = value;
  for (let next = value; next !== null; next = Object.getPrototypeOf(next)) {
    top = next;
    const made = next.constructor;
    if (typeof made === 'function' && made.constructor !== undefined) {
      const Maker = made.constructor;
      if (Maker !== Function && Maker !== AsyncFunction) return false;
      if (Maker('return globalThis')() !== globalThis) return false;
    }
  }
  const isBare = Object.getPrototypeOf(value) === null;
  return isBare || top === Object.prototype;
};
const caught = (act) => { try { act(); return undefined } catch (error) { return error } };
const rejected = (promise) => promise.then(() => undefined, (error) => error);
const failed = (emitter) => new Promise((resolve) => emitter.on('error', resolve));
const callback = (act) => new Promise((resolve) => act((...all) => resolve(all)));`;

async function expectOurs(expression: string): Promise<void> {
  const body = `${IS_OURS}
    const values = await (async () => ${expression})();
    const deep = values.flatMap((value) => [value, ...(Array.isArray(value) ? value : []), value?.buffer, value?.stack, value?.cause]);
    if (values.some((value) => value === undefined)) return 'nothing was there';
    return deep.map(isOurs)`;
  const { resultJson, error } = await target.attack(body, {
    timeoutMs: 10_000,
    args: [{ a: [{ b: 1 }] }],
    env: { A: 'x' },
  });
  expect(error).toBeUndefined();
  const verdicts = JSON.parse(resultJson as string) as boolean[];
  expect(verdicts.length).toBeGreaterThan(0);
  expect(new Set(verdicts)).toEqual(new Set([true]));
}

describe('belongs to the realm of the script', () => {
  it('and the check finds what does not', () => {
    const found = runInNewContext(
      `${IS_OURS} [isOurs({}), isOurs([1]), isOurs(() => 1), isOurs(outer), isOurs(fail), isOurs(caught(fail)), isOurs(Object.create(outer))]`,
      { outer: {}, fail: () => (null as unknown as { readonly x: unknown }).x },
    );
    expect(found).toEqual([true, true, true, false, false, false, false]);
  });

  it.each([
    ['what it is called with', '[given, given[0], given[0].a, given[0].a[0], env, require, process, process.env]'],
    [
      'an error of a question',
      '[caught(() => require("crypto").scryptSync("p", "s", 64, { N: 2 ** 20, r: 16, maxmem: 2 ** 40 }))]',
    ],
    ['an error of crypto', '[caught(() => require("crypto").createPrivateKey("no key"))]'],
    [
      'an error of webcrypto',
      '[await rejected(crypto.subtle.importKey("raw", new Uint8Array(3), "AES-GCM", false, ["encrypt"]))]',
    ],
    ['an error of zlib', '[caught(() => require("zlib").inflateSync(Buffer.from("no such data")))]'],
    [
      'an error of bcrypt',
      '[await rejected(require("bcrypt").hash("p")), await rejected(require("bcrypt").compare("p", 5))]',
    ],
    ['an error of a socket', '[await failed(require("net").connect(1, "127.0.0.1"))]'],
    ['an error of TLS', '[await failed(require("tls").connect(1, "127.0.0.1"))]'],
    ['an error of the egress policy', '[await failed(require("net").connect(1, "denied.example"))]'],
    ['an error of DNS', '[await callback((done) => require("dns").lookup("no-such-host.invalid", done))]'],
    ['an error of fetch', '[await rejected(fetch("http://127.0.0.1:1/"))]'],
    ['an answer of DNS', '[await callback((done) => require("dns").lookup("localhost", { all: true }, done))]'],
    [
      'bytes of the host',
      '[require("crypto").randomBytes(4000), require("crypto").pbkdf2Sync("p", "s", 1, 8, "sha1")]',
    ],
    ['bytes of a callback', '[await callback((done) => require("crypto").pbkdf2("p", "s", 1, 8, "sha1", done))]'],
    ['bytes of webcrypto', '[await crypto.subtle.digest("SHA-256", new Uint8Array(1))]'],
    ['bytes of zlib', '[require("zlib").gzipSync("x"), await callback((done) => require("zlib").gzip("x", done))]'],
    ['a key pair', '[require("crypto").generateKeyPairSync("ec", { namedCurve: "P-256" }), crypto.subtle]'],
    ['facts about TLS', '[require("tls").getCiphers(), require("tls").rootCertificates]'],
    ['the end of the stack', '[caught(function deep() { deep() })]'],
    [
      'the end of the stack inside a call of the host',
      '[(() => { let found; const deep = () => { try { deep() } catch (e) { found ??= caught(() => require("crypto").randomBytes(4000)) ?? e } }; deep(); return found })()]',
    ],
    ['a failed import', '[await rejected(import("fs")), await rejected(new Function("return import(\'fs\')")())]'],
    ['a syntax error', '[caught(() => eval("1 +")), caught(() => new Function("}")), caught(() => new RegExp("("))]'],
    ['an error of JSON', '[caught(() => JSON.parse("{")), caught(() => JSON.stringify(1n))]'],
    ['a timer', '[setTimeout(() => {}, 0), setImmediate(() => {})]'],
    [
      'what the engine tells of a stack',
      '(() => { const kept = Error.prepareStackTrace; let sites; Error.prepareStackTrace = (e, all) => { sites = all; return "" }; void new Error("x").stack; Error.prepareStackTrace = kept; return [sites, ...sites, ...sites.map((s) => s.getThis() ?? 0), ...sites.map((s) => s.getFunction() ?? 0), ...sites.map((s) => s.getTypeName() ?? 0)] })()',
    ],
    [
      'who called it',
      '[(function me() { return me.caller ?? 0 })(), caught(() => { "use strict"; return (() => {}).caller }) ?? 0]',
    ],
    [
      'what generators give',
      '[(function* () {})(), (async function* () {})(), await (async function* () { yield 1 })().return({ get then() { return undefined } })]',
    ],
    [
      'a promise that the engine made',
      '[(async () => {})(), Promise.withResolvers().promise, import("x").catch(() => {})]',
    ],
    ['a module error', '[caught(() => require("fs")), caught(() => require({ toString() { return "vm" } }))]'],
  ])('%s', async (_what, expression) => {
    await expectOurs(expression);
  });

  it('the reason of a rejection that nobody handled, as its own listener sees it', async () => {
    const body = `${IS_OURS} const seen = new Promise((resolve) => process.on('uncaughtException', resolve));
      setTimeout(() => { throw new Error('lost') }, 1); const error = await seen; return [isOurs(error), error.constructor === Error]`;
    expect((await target.attack(body)).resultJson).toBe('[true,true]');
  });
});

describe('code that a script makes', () => {
  it.each([
    ['eval', 'eval("globalThis")'],
    ['eval from elsewhere', '(0, eval)("this")'],
    ['Function', 'Function("return this")()'],
    ['the constructor of a function', '(() => {}).constructor("return globalThis")()'],
    ['an AsyncFunction', 'await (async () => {}).constructor("return globalThis")()'],
    ['a GeneratorFunction', '(function* () {}).constructor("yield globalThis")().next().value'],
    ['an AsyncGeneratorFunction', '(await (async function* () {}).constructor("yield globalThis")().next()).value'],
    ['with', 'Function("with ({ a: globalThis }) { return a }")()'],
    ['a timer of text', '(() => { try { setTimeout("1") } catch { return globalThis } })()'],
    ['a constructor by way of Reflect', 'Reflect.construct(Function, ["return globalThis"], class {})()'],
    ['a sloppy this', '(function () { return this })()'],
    ['a callback called by lodash', 'require("lodash").map([1], function () { return globalThis })[0]'],
    [
      'a comparator called by the engine',
      '(() => { let at; [2, 1].sort(function () { at = this ?? globalThis; return 0 }); return at })()',
    ],
  ])('stays in its own world: %s', async (_what, expression) => {
    const body = `const reached = ${expression};
      return [reached === globalThis, typeof reached.process.binding, reached.process.pid, typeof reached.require, typeof reached.process.mainModule]`;
    const { resultJson } = await target.attack(body);
    expect(resultJson).toBe('[true,"function",1,"undefined","undefined"]');
  });

  it.each(['fs', 'node:child_process', 'data:text/javascript,export default 1', './script.js', 'file:///etc/passwd'])(
    'imports nothing: %s',
    async (name) => {
      const { resultJson } = await target.attack(
        `try { await import(${JSON.stringify(name)}) } catch (error) { return error instanceof Error }`,
      );
      expect(resultJson).toBe('true');
    },
  );

  it('finds no other realm, no shell of the engine and no inspector', async () => {
    const names =
      'ShadowRealm Realm JSTag WebAssembly SharedArrayBuffer Atomics gc print load read readline quit d8 inspector internalBinding primordials __proto_internal__ Worker importScripts';
    const { resultJson } = await target.attack(
      `return ${JSON.stringify(names.split(' '))}.filter((name) => typeof globalThis[name] !== 'undefined' || Function('return typeof ' + name)() !== 'undefined')`,
    );
    expect(resultJson).toBe('[]');
  });
});

describe('memory that the limit does not see', () => {
  it.each([
    ['a constructor', 'new ArrayBuffer(1, { maxByteLength: 1e6 })'],
    ['the constructor of a buffer', 'new (new Uint8Array(1).buffer.constructor)(1, { maxByteLength: 1e6 })'],
    ['the constructor of a slice', 'new (new ArrayBuffer(1).slice().constructor)(1, { maxByteLength: 1e6 })'],
    ['a subclass', 'new (class extends ArrayBuffer {})(1, { maxByteLength: 1e6 })'],
    [
      'a subclass that says what to pass on',
      'new (class extends ArrayBuffer { constructor() { super(1, { maxByteLength: 1e6 }) } })()',
    ],
    ['Reflect.construct', 'Reflect.construct(ArrayBuffer, [1, { maxByteLength: 1e6 }], Array)'],
    ['a bound constructor', 'new (ArrayBuffer.bind(null, 1, { maxByteLength: 1e6 }))()'],
    ['a proxy of the constructor', 'new (new Proxy(ArrayBuffer, {}))(1, { maxByteLength: 1e6 })'],
    [
      'an option on Object.prototype',
      '(() => { Object.prototype.maxByteLength = 1e6; try { return new ArrayBuffer(1, {}) } finally { delete Object.prototype.maxByteLength } })()',
    ],
    [
      'a species',
      '(() => { class S extends ArrayBuffer { static get [Symbol.species]() { return ArrayBuffer } } return new S(1, { maxByteLength: 1e6 }).slice(0) })()',
    ],
    ['transfer', 'new ArrayBuffer(1).transfer(1, { maxByteLength: 1e6 })'],
    ['structuredClone', 'structuredClone(new ArrayBuffer(1))'],
    ['a Blob', 'await new Blob(["x"]).arrayBuffer()'],
    ['a TextEncoder', 'new TextEncoder().encode("x").buffer'],
    ['a Response', 'await new Response("x").arrayBuffer()'],
    ['bytes of the host', 'require("crypto").randomBytes(5000).buffer'],
    ['webcrypto', 'await crypto.subtle.digest("SHA-1", new Uint8Array(1))'],
    ['Buffer', 'Buffer.alloc(1).buffer'],
    ['a typed array of an iterator helper', 'new Uint8Array([1].values().map((x) => x).toArray()).buffer'],
    ['Array.fromAsync', 'new Uint8Array(await Array.fromAsync([1])).buffer'],
  ])('cannot be had: no buffer can grow by way of %s', async (_what, expression) => {
    const body = `const buffer = ${expression};
      return [Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get.call(buffer) > 0, buffer.resizable === true, typeof buffer.resize, typeof buffer.grow]`;
    const { resultJson, error } = await target.attack(body, { timeoutMs: 10_000 });
    expect(error).toBeUndefined();
    expect(resultJson).toBe('[true,false,"undefined","undefined"]');
  });
});
