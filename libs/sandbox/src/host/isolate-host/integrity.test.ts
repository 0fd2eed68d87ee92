/** What a run leaves in built-ins and modules is found, however it came there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());
const { expectSame } = createSideBySide(() => host);

const READY_AGAIN_MS = 200;
let versions = 0;

/** The isolates of a run before the deed, of the deed, and of a run after it. */
async function isolatesAround(deed: string): Promise<unknown[]> {
  const source = `// version ${versions++}\nasync function login(what) { if (what === 'deed') { ${deed} } return performance.timeOrigin }`;
  const isolates: unknown[] = [];
  for (const what of ['', 'deed', '']) {
    if (isolates.length > 0) await sleep(READY_AGAIN_MS);
    const { resultJson, error } = await host.run(source, { args: [what], timeoutMs: 20_000 });
    expect(error).toBeUndefined();
    isolates.push(resultJson);
  }
  return isolates;
}

describe('an isolate is given up after a run that has', () => {
  it.each([
    ['added a method', 'Array.prototype.last = function () {}'],
    ['added a hidden property', "Object.defineProperty(Array.prototype, 'last', { value: 1 })"],
    ['added several', 'Object.defineProperties(Map, { a: { value: 1 } })'],
    ['added one by Reflect', "Reflect.defineProperty(Reflect, 'a', { value: 1, configurable: true })"],
    ['added one through a proxy', "Object.defineProperty(new Proxy(Math, {}), 'a', { value: 1 })"],
    [
      'added one by a proxy of a proxy',
      "Reflect.defineProperty(new Proxy(new Proxy(Math, {}), {}), 'a', { value: 1 })",
    ],
    ['added one to a prototype of Buffer', "Object.defineProperty(Buffer.prototype, 'a', { value: 1 })"],
    ['added one named by a symbol', "Object.defineProperty(Set.prototype, Symbol('a'), { value: 1 })"],
    ['added a stack', 'Error.captureStackTrace(Promise.prototype)'],
    ['added a field by a class', 'new (class extends function () { return Date } { kept = 1 })()'],
    ['added by copying', 'Object.assign(Number.prototype, { kept: 1 })'],
    ['added to the list of parents', "const F = Symbol; require('util').inherits(F, Map)"],
    [
      'added by an old constructor of Intl',
      'const P = Object.getPrototypeOf(Map.prototype); Object.setPrototypeOf(Set.prototype, Intl.NumberFormat.prototype); Intl.NumberFormat.call(Set.prototype); Object.setPrototypeOf(Set.prototype, P)',
    ],
    [
      'put an accessor in place of a value',
      "const { map } = Array.prototype; Object.defineProperty(Array.prototype, 'map', { get: () => map })",
    ],
    ['put one there by an old way', "const { from } = Buffer; Buffer.__defineGetter__('from', () => from)"],
    ['put a setter there', "Buffer.__defineSetter__('from', () => {})"],
    ['put a value in place of an accessor', 'delete Map.prototype.size; Map.prototype.size = 1'],
    ['made a method listed', 'const { map } = Array.prototype; delete Array.prototype.map; Array.prototype.map = map'],
    ['hidden what is listed', "Object.defineProperty(Buffer.prototype, 'equals', { enumerable: false })"],
    ['fixed a value', "Object.defineProperty(Array.prototype, 'map', { writable: false })"],
    ['replaced a method', 'JSON.parse = () => 1'],
    ['taken a method away', 'delete String.prototype.at'],
    ['taken an accessor away', 'delete Map.prototype.size'],
    ['taken a name away', 'delete Map.name'],
    ['taken away what is inherited too', 'delete Set.prototype.constructor'],
    ['changed a prototype', 'Object.setPrototypeOf(Map.prototype, { kept: 1 })'],
    ['closed an object', 'Object.preventExtensions(Math)'],
    ['frozen one', 'Object.freeze(Map.prototype)'],
    ['replaced a global', 'globalThis.Map = class {}'],
    ['replaced a lazy global', 'globalThis.URL = class {}'],
    ['replaced what looks after it', 'Object.defineProperty = () => {}'],
    ['changed a class of ours', "Object.defineProperty(AbortSignal.prototype, 'kept', { value: 1 })"],
    ['fixed a global', "Object.defineProperty(globalThis, 'kept', { value: 1 })"],
  ])('%s', async (_what, deed) => {
    const [before, , after] = await isolatesAround(deed);
    expect(after).not.toBe(before);
  });
});

describe('an isolate serves on, as it was, after a run that has', () => {
  it.each([
    ['done nothing of the kind', '', 'false'],
    ['changed Intl', 'Intl.Collator.prototype.kept = 1', "'kept' in Intl.Collator.prototype"],
    [
      'changed what Intl makes',
      "Object.getPrototypeOf(new Intl.Segmenter().segment('')).kept = 1",
      "'kept' in new Intl.Segmenter().segment('')",
    ],
    ['made a global', 'globalThis.kept = 1', "'kept' in globalThis"],
    [
      'made a hidden global',
      "Object.defineProperty(globalThis, 'kept', { value: 1, configurable: true })",
      "'kept' in globalThis",
    ],
    ['added to a module', "require('util').kept = 1", "'kept' in require('util')"],
    ['added to a driver', "require('pg').defaults.kept = 1", "'kept' in require('pg').defaults"],
    [
      'hidden something in a driver',
      "Object.defineProperty(require('pg').defaults, 'kept', { value: 1, configurable: true })",
      "'kept' in require('pg').defaults",
    ],
    [
      'put an accessor into a driver',
      "Object.defineProperty(require('pg').defaults, 'host', { get: () => 'kept' })",
      "require('pg').defaults.host === 'kept'",
    ],
    [
      'replaced a method of a driver',
      "require('pg').Client.prototype.query = () => 'kept'",
      "String(require('pg').Client.prototype.query).includes('kept')",
    ],
    [
      'put a getter onto a class of a driver',
      "require('pg').Client.prototype.__defineGetter__('kept', () => 1)",
      "'kept' in require('pg').Client.prototype",
    ],
    [
      'replaced an accessor of a class',
      "delete URL.prototype.href; URL.prototype.href = 'kept'",
      "Object.getOwnPropertyDescriptor(URL.prototype, 'href').value === 'kept'",
    ],
    [
      'added to a function of a driver',
      "Object.defineProperty(require('pg').Client, 'kept', { value: 1, configurable: true })",
      "'kept' in require('pg').Client",
    ],
    [
      'defined what it made itself',
      "const mine = Object.defineProperty({}, 'a', { value: 1 }); Error.captureStackTrace(mine)",
      'false',
    ],
  ])('%s', async (_what, deed, look) => {
    const source = `// version ${versions++}\nasync function login(what) { require('pg'); URL; if (what) { ${deed} } return [performance.timeOrigin, Boolean(${look})] }`;
    const seen: [unknown, boolean][] = [];
    for (const what of [false, true, false]) {
      if (seen.length > 0) await sleep(READY_AGAIN_MS);
      const { resultJson, error } = await host.run(source, { args: [what], timeoutMs: 20_000 });
      expect(error).toBeUndefined();
      seen.push(JSON.parse(resultJson as string));
    }
    expect(seen[2]).toEqual([seen[0]?.[0], false]);
  });
});

/**
 * Calls every function that globals, core modules and drivers lead to with a plain object, and names those that have put
 * something on it that is not listed, or an accessor.
 */
const SWEEP = `async function login() {
  const { ownKeys, construct, getPrototypeOf } = Reflect; const { getOwnPropertyDescriptor, create, assign } = Object; const bases = [Object.prototype, Intl.NumberFormat.prototype, Intl.DateTimeFormat.prototype];
  const roots = [globalThis, ...['util', 'events', 'stream', 'buffer', 'assert', 'url', 'lodash', 'pg'].map((name) => require(name))];
  const seen = new Set([performance, console, process]); const queue = roots.map((value) => [value, '']); const found = new Set();
  const skipped = /^(exit|abort|kill|reallyExit|binding|dlopen|login|setTimeout|setInterval|setImmediate|fetch|eval|Function|_events|next)$/;
  const hidden = (probe) => ownKeys(probe).some((key) => { const slot = getOwnPropertyDescriptor(probe, key); return !slot.enumerable || slot.get || slot.set; });
  const shapes = [(f, p) => f.call(p), (f, p) => f(p), (f, p) => f(p, 'a', 1), (f, p) => f(p, { a: { value: 1 } }), (f, p) => f(p, 'a', { value: 1 }), (f, p) => f.call(p, 'a', () => 1), (f, p) => f.call(p, p), (f, p) => f({}, p), (f, p) => f(function () {}, p), (f, p) => construct(f, [p]), (f, p) => construct(f, [], assign(function () {}, { prototype: p }))];
  const functions = [];
  for (let at = 0; at < queue.length; at++) {
    const [value, path] = queue[at];
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
    seen.add(value);
    if (typeof value === 'function') functions.push([value, path]);
    queue.push([getPrototypeOf(value), path + '.__proto__']);
    for (const key of ownKeys(value)) { const slot = getOwnPropertyDescriptor(value, key); if (!skipped.test(String(key))) for (const part of ['value', 'get', 'set']) queue.push([slot[part], path + '.' + String(key)]); }
  }
  for (const [value, path] of functions) for (const base of bases) for (const shape of shapes) {
    const probe = create(base);
    try { const made = shape(value, probe); if (made && typeof made.catch === 'function') made.catch(() => {}); } catch {}
    if (hidden(probe)) found.add(path);
  }
  return [functions.length, [...found].sort()];
}`;

it('nothing but what is wired puts hidden properties on an object that it is given', async () => {
  const { resultJson, error } = await host.run(SWEEP, { timeoutMs: 60_000 });
  expect(error).toBeUndefined();
  const [count, found] = JSON.parse(resultJson as string) as [number, string[]];
  expect(count).toBeGreaterThan(1500);
  expect(found).toEqual([
    '.Error.captureStackTrace',
    // Watched as a whole.
    '.Intl.DateTimeFormat',
    '.Intl.NumberFormat',
    '.Object.defineProperties',
    '.Object.defineProperty',
    '.Reflect.defineProperty',
    '.__proto__.__defineGetter__',
    '.__proto__.__defineSetter__',
  ]);
});

it('what is wired works as it did', () =>
  expectSame(`const facts = (f) => [f.name, f.length, Object.hasOwn(f, 'prototype')];
    const wired = [Object.defineProperty, Object.defineProperties, Reflect.defineProperty, Object.prototype.__defineGetter__, Object.prototype.__defineSetter__, Error.captureStackTrace];
    const seen = wired.map(facts); const o = {};
    for (const call of [() => Object.defineProperty(o, 'a', { value: 1 }) === o, () => Object.defineProperty(o, 'a', { value: 2 }), () => Object.defineProperty(1, 'a', {}), () => Reflect.defineProperty(o, 'a', { value: 2 }), () => Reflect.defineProperty(1, 'a', {}), () => Object.defineProperties(o, { b: { get: () => 3, enumerable: true } }) === o, () => Object.defineProperties(undefined, {}), () => o.__defineGetter__('c', () => 4), () => o.__defineSetter__('c', 5), () => Object.keys(o), () => o.c, () => Error.captureStackTrace(o), () => typeof o.stack, () => Error.captureStackTrace(1), () => new Object.defineProperty()]) seen.push(await attempt(call));
    const inner = () => { const at = {}; Error.captureStackTrace(at); return at.stack.split('\\n')[1].includes('inner') }; const outer = () => { const at = {}; Error.captureStackTrace(at, outer); return at.stack.includes('outer') };
    return [seen, inner(), outer()]`));

it('a member that says that it is not available is there in the next run, too, after one that changed its module', async () => {
  const source = `const net = require('net');
async function login() {
  Object.defineProperty(net, 'mine', { value: 1, configurable: true });
  try { new net.Socket().setTypeOfService(1) } catch ({ message }) { return [message, performance.timeOrigin] }
}`;
  const seen: [string, number][] = [];
  for (let n = 0; n < 3; n += 1) {
    const { resultJson } = await host.run(source, { timeoutMs: 20_000 });
    seen.push(JSON.parse(resultJson as string));
    await sleep(READY_AGAIN_MS);
  }
  expect(seen.map(([message]) => message)).toEqual(
    seen.map(() => 'net.Socket.setTypeOfService is not available to scripts'),
  );
  // Put back, not given up.
  expect(new Set(seen.map(([, isolate]) => isolate)).size).toBeLessThan(3);
});

it('a module that is loaded late sets off no trap of what a script has put in one that was there', async () => {
  const source = `const stream = require('stream');
async function login() {
  const trapped = [];
  const trap = (name) => (...args) => { trapped.push(name); return Reflect[name](...args) };
  stream.mine = new Proxy({}, { ownKeys: trap('ownKeys'), getOwnPropertyDescriptor: trap('getOwnPropertyDescriptor'), getPrototypeOf: trap('getPrototypeOf') });
  for (const name of ['http', 'net', 'pg', 'axios']) require(name);
  return trapped;
}`;
  expect((await host.run(source, { timeoutMs: 20_000 })).resultJson).toBe('[]');
});

it('a run that sleeps by a promisified timer changes nothing', async () => {
  const source = `async function login() { await require('util').promisify(setTimeout)(1); return performance.timeOrigin }`;
  const isolates = new Set<string | undefined>();
  for (let n = 0; n < 4; n += 1) {
    isolates.add((await host.run(source, { timeoutMs: 20_000 })).resultJson);
    await sleep(READY_AGAIN_MS);
  }
  expect(isolates.size).toBeLessThan(4);
});
