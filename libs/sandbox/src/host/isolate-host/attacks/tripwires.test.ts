/** After most runs only a glance is taken at what they found: what is planted so that a glance may miss it, the next run does not meet. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../testing/attack.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

const READY_AGAIN_MS = 300;

const TOOLS = `
  class Give { constructor(what) { return what } }
  /** Assigns through a proxy that says the property is there already: it comes to be with no attribute set. */
  const hide = (object, key, value) => {
    const there = { value: 1, writable: true, enumerable: true, configurable: true };
    new Proxy(object, { getOwnPropertyDescriptor: () => there })[key] = value;
  };`;

async function freshAndAfter(act: string, probe: string): Promise<readonly [unknown, unknown]> {
  const body = `${TOOLS} if (given[0]) { ${act}; return } return ${probe}`;
  const run = (args: readonly unknown[]) =>
    target.attack(body, { args, timeoutMs: 20_000, memoryLimitBytes: 128 * 1024 * 1024 });
  const fresh = await run([false]);
  expect(fresh).toMatchObject({ outcome: 'completed' });
  await sleep(READY_AGAIN_MS);
  expect(await run([true])).toMatchObject({ outcome: 'completed' });
  await sleep(READY_AGAIN_MS);
  return [fresh.resultJson, (await run([false])).resultJson];
}

describe('the next run does not meet', () => {
  it.each([
    [
      'a symbol of a prototype of all',
      'Object.prototype[Symbol.toPrimitive] = () => "evil"',
      'typeof {}[Symbol.toPrimitive]',
    ],
    ['a symbol of a built-in', 'Array[Symbol.for("evil")] = 1', 'typeof Array[Symbol.for("evil")]'],
    ['a global named by a symbol', 'globalThis[Symbol.for("evil")] = 1', 'typeof globalThis[Symbol.for("evil")]'],
    [
      'a symbol of a module',
      'require("pg").Client.prototype[Symbol.for("evil")] = require("events").prototype[Symbol.for("evil")] = 1',
      '[typeof require("pg").Client.prototype[Symbol.for("evil")], typeof require("events").prototype[Symbol.for("evil")]]',
    ],
    ['what a proxy hid in a prototype of all', 'hide(Object.prototype, "ssl", "evil")', 'typeof {}.ssl'],
    ['what a proxy of a proxy hid', 'hide(new Proxy(Array.prototype, {}), "evil", 1)', 'typeof [].evil'],
    [
      'what a revocable proxy hid',
      'const there = { value: 1, writable: true, enumerable: true, configurable: true }; Proxy.revocable(Array.prototype, { getOwnPropertyDescriptor: () => there }).proxy.evil = 1',
      'typeof [].evil',
    ],
    [
      'what a proxy in place of a receiver hid',
      'const there = { value: 1, writable: true, enumerable: true, configurable: true }; Reflect.set({}, "evil", 1, new Proxy(Map.prototype, { getOwnPropertyDescriptor: () => there }))',
      'typeof new Map().evil',
    ],
    [
      'what a proxy hid in a module',
      'hide(require("pg").Client.prototype, "once", "evil")',
      'typeof require("pg").Client.prototype.once',
    ],
    [
      'a field of a class in a built-in',
      'new (class extends Give { evil = 1 })(Map.prototype)',
      'typeof new Map().evil',
    ],
    [
      'a field of a class named by a symbol',
      'new (class extends Give { [Symbol.for("evil")] = 1 })(Map.prototype)',
      'typeof new Map()[Symbol.for("evil")]',
    ],
    [
      'what a reviver of JSON made',
      'JSON.parse("[1, 2]", function (key) { if (key === "0") this[1] = Math; return key === "" ? 1 : this[key] }); Math[Symbol.for("evil")] = 1',
      'typeof Math[Symbol.for("evil")]',
    ],
    [
      'a definition that util made',
      'const Parent = function () {}; Parent.prototype = Object.prototype; require("util").inherits(Map, Parent)',
      'typeof Map.super_',
    ],
    [
      'a definition by the wires one level down',
      'Reflect.apply(Function.prototype.call, Object.defineProperty, [null, Array.prototype, "evil", { value: 1, configurable: true }])',
      'typeof [].evil',
    ],
    [
      'a definition by a bound wire',
      'Object.defineProperty.bind(null, Array.prototype)("evil", { get: () => 1, configurable: true })',
      'typeof [].evil',
    ],
    [
      'a getter that gives what was there, where the wire was away meanwhile',
      'const { defineProperty } = Object; delete Object.defineProperty; const { map } = Array.prototype; defineProperty(Array.prototype, "map", { get: () => map, configurable: true }); defineProperty(Object, "defineProperty", { value: defineProperty, writable: true, configurable: true })',
      'typeof Object.getOwnPropertyDescriptor(Array.prototype, "map").get',
    ],
    ['a stack in a built-in', 'Error.captureStackTrace(Math)', 'typeof Math.stack'],
    [
      'old definers',
      'Math.__defineGetter__("max", () => null); ({}).__defineSetter__.call(Math, "evil", () => 1)',
      '[typeof Math.max, "evil" in Math]',
    ],
  ])('%s', async (_what, act, probe) => {
    const [fresh, after] = await freshAndAfter(act, probe);
    expect(after).toBe(fresh);
  });
});

describe('of what had nothing to look at, the next run does not meet', () => {
  it.each([
    [
      'another call of a method of a built-in',
      'Object.prototype.hasOwnProperty.call = () => "evil"',
      'String(Object.prototype.hasOwnProperty.call({}, "x"))',
    ],
    [
      'what was left on a function of ours',
      'setTimeout.evil = process.nextTick.evil = 1',
      '[typeof setTimeout.evil, typeof process.nextTick.evil]',
    ],
    [
      'another way from a prototype to its class',
      'Array.prototype.constructor = class Evil extends Array {}; Promise.prototype.constructor = class Evil extends Promise {}',
      '[[1].map((x) => x).constructor.name, Promise.resolve(1).then((x) => x).constructor.name]',
    ],
    [
      'what was put on the parts of stacks',
      'Error.prepareStackTrace = (_, sites) => sites; const [site] = new Error().stack; delete Error.prepareStackTrace; Object.getPrototypeOf(site).evil = 1',
      '(() => { Error.prepareStackTrace = (_, sites) => typeof sites[0].evil; return new Error().stack })()',
    ],
    [
      'a name that is a getter',
      'for (const Kind of [Map, require("pg").Client]) Object.defineProperty(Kind, "name", { get: () => "evil" })',
      '[Map.name, require("pg").Client.name]',
    ],
    [
      'a method of a class of a module that has none',
      'require("pg").DatabaseError.prototype.toJSON = () => "evil"; require("pg").Client.prototype.query.call = () => "evil"',
      '[typeof require("pg").DatabaseError.prototype.toJSON, typeof require("pg").Client.prototype.query.call(new (require("pg").Client)(), "x").then]',
    ],
  ])('%s', async (_what, act, probe) => {
    const [fresh, after] = await freshAndAfter(act, probe);
    expect(after).toBe(fresh);
  });
});

describe('a module that is loaded', () => {
  it('does not keep what it was evaluated over', async () => {
    const body = `const { max } = Math;
      if (given[0]) { Math.max = () => 'evil'; require('lod' + 'ash'); Math.max = max; return }
      return require('lod' + 'ash').chunk([1, 2, 3], 2)`;
    const options = { timeoutMs: 20_000, memoryLimitBytes: 128 * 1024 * 1024 };
    await target.attack(body, { ...options, args: [true] });
    await sleep(READY_AGAIN_MS);
    expect((await target.attack(body, { ...options, args: [false] })).resultJson).toBe('[[1,2],[3]]');
  });
});

describe('of what is done while things are put back, the next run does not meet', () => {
  it.each([
    [
      'what a type of pg did as it was read',
      'let isOver = false; require("pg").types.setTypeParser({ toString() { if (isOver) Array.prototype.evil = 1; return "20" } }, "text", () => 1); isOver = true',
      'typeof [].evil',
    ],
    [
      'what a format of pg did as it was read',
      'let isOver = false; require("pg").types.setTypeParser(20, { toString() { if (isOver) Promise.resolve().then(() => { Array.prototype.evil = 1 }); return "text" } }, () => 1); isOver = true',
      'typeof [].evil',
    ],
    [
      'a parser of pg put back into a prototype of all',
      'require("pg").types.setTypeParser("ssl", "__proto__", () => 1); delete Object.prototype.ssl',
      'typeof {}.ssl',
    ],
  ])('%s', async (_what, act, probe) => {
    const [fresh, after] = await freshAndAfter(act, probe);
    expect(after).toBe(fresh);
  });
});

describe('functions that are watched', () => {
  it('look like the native ones that they stand for', async () => {
    const { resultJson } = await target.attack(
      `const all = [Object.defineProperty, Object.defineProperties, Reflect.defineProperty, Object.prototype.__defineGetter__, Object.prototype.__defineSetter__, Error.captureStackTrace];
      const isNew = (f) => { try { new f(); return true } catch { return false } };
      return all.map((f) => [f.name, f.length, Reflect.ownKeys(f), /\\[native code\\]/.test(String(f)), isNew(f), require('lodash').isNative(f)])`,
      { timeoutMs: 20_000 },
    );
    const own = ['length', 'name'];
    expect(JSON.parse(resultJson as string)).toEqual([
      ['defineProperty', 3, own, true, false, true],
      ['defineProperties', 2, own, true, false, true],
      ['defineProperty', 3, own, true, false, true],
      ['__defineGetter__', 2, own, true, false, true],
      ['__defineSetter__', 2, own, true, false, true],
      ['captureStackTrace', 2, own, true, false, true],
    ]);
  });

  it('give no stack that names them', async () => {
    const { resultJson } = await target.attack(
      'const holder = {}; (function here() { Error.captureStackTrace(holder) })(); return holder.stack.split("\\n")[1]',
    );
    expect(resultJson).toContain('at here');
  });

  it('keep lodash from setting a prototype by a key', async () => {
    const { resultJson } = await target.attack(
      `const made = require('lodash').keyBy([{ id: '__proto__', evil: 1 }], 'id'); return [typeof made.evil, Object.keys(made)]`,
      { timeoutMs: 20_000 },
    );
    expect(resultJson).toBe('["undefined",["__proto__"]]');
  });

  it('are not handed out by what looks behind proxies', async () => {
    const { resultJson } = await target.attack(
      `const found = []; const util = require('util');
      Function.prototype[util.inspect.custom] = function () { found.push(this); return '' };
      util.inspect(Object.defineProperty, { showProxy: true });
      return [found.every((each) => each === Object.defineProperty), util.types.isProxy(Object.defineProperty)]`,
      { timeoutMs: 20_000 },
    );
    expect(resultJson).toBe('[true,false]');
  });
});
