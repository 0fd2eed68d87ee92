/** A script that has patched what the guest stands on: its run is told as it ended, all the same. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTarget, type Target } from '../testing/attack.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

describe('a built-in that a script has patched', () => {
  it.each([
    ['Promise.prototype.then', 'Promise.prototype.then = function () { throw new Error("patched") }', 'completed'],
    [
      'Promise.prototype.constructor',
      'Object.defineProperty(Promise.prototype, "constructor", { get() { throw new Error("patched") } })',
      'any',
    ],
    ['Promise', 'globalThis.Promise = class { constructor() { throw new Error("patched") } }', 'completed'],
    ['iterators of arrays', 'Array.prototype[Symbol.iterator] = function* () { yield "evil" }', 'completed'],
    [
      'the iterator of array iterators',
      'Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })',
      'completed',
    ],
    [
      'Function.prototype',
      'Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => "evil"',
      'completed',
    ],
    ['JSON', 'JSON.stringify = JSON.parse = () => "evil"', 'completed'],
    [
      'Object',
      'for (const key of Object.getOwnPropertyNames(Object)) if (typeof Object[key] === "function") Object[key] = () => "evil"',
      'completed',
    ],
    [
      'Reflect',
      'for (const key of Object.keys(Object.getOwnPropertyDescriptors(Reflect))) if (typeof Reflect[key] === "function") Reflect[key] = () => "evil"',
      'completed',
    ],
    [
      'Array.prototype',
      'for (const key of Object.getOwnPropertyNames(Array.prototype)) if (typeof Array.prototype[key] === "function") Array.prototype[key] = () => "evil"',
      'completed',
    ],
    [
      'String.prototype',
      'for (const key of Object.getOwnPropertyNames(String.prototype)) if (typeof String.prototype[key] === "function") String.prototype[key] = () => "evil"',
      'completed',
    ],
    [
      'RegExp.prototype.exec',
      'RegExp.prototype.exec = () => ["evil", "9", "9"]; RegExp.prototype.test = () => true',
      'completed',
    ],
    [
      'Map, Set and WeakMap',
      'for (const Kind of [Map, Set, WeakMap, WeakSet]) for (const key of Object.getOwnPropertyNames(Kind.prototype)) if (key !== "size" && key !== "constructor") Kind.prototype[key] = () => "evil"',
      'completed',
    ],
    [
      'Date',
      'Date.now = () => NaN; Date.prototype.toISOString = Date.prototype.getTime = () => "evil"; globalThis.Date = null',
      'completed',
    ],
    [
      'Number, Math and Symbol',
      'Number.isFinite = () => false; Math.min = () => NaN; Math.random = () => NaN; globalThis.Number = globalThis.String = null',
      'completed',
    ],
    [
      'Object.prototype',
      'Object.prototype.toJSON = () => "evil"; Object.prototype.error = { message: "evil" }; Object.prototype.kind = "threw"; Object.prototype.code = "EGRESS_DENIED"',
      'completed',
    ],
    [
      'setters on Object.prototype',
      'for (const key of ["resultJson", "kind", "error", "chain", "message", "name", "value"]) Object.defineProperty(Object.prototype, key, { set() {}, get() { return "evil" }, configurable: true })',
      'completed',
    ],
    [
      'setters of indexes',
      'for (let i = 0; i < 50; i++) Object.defineProperty(Array.prototype, i, { set() {}, configurable: true })',
      'completed',
    ],
    [
      'getters of indexes',
      'for (let i = 0; i < 50; i++) Object.defineProperty(Array.prototype, i, { get() { return "evil" }, set() {}, configurable: true })',
      'completed',
    ],
    [
      'the typed arrays',
      'const Typed = Object.getPrototypeOf(Uint8Array); for (const key of ["set", "subarray", "slice", "fill"]) Typed.prototype[key] = () => "evil"; Object.defineProperty(Typed, Symbol.species, { get: () => Array })',
      'completed',
    ],
    [
      'Symbol.hasInstance',
      'for (const Kind of [Error, Date, Number, String, Boolean, BigInt, ArrayBuffer]) Object.defineProperty(Kind, Symbol.hasInstance, { value: () => false })',
      'completed',
    ],
    ['Proxy', 'globalThis.Proxy = function () { return {} }', 'completed'],
    [
      'the timers',
      'globalThis.setTimeout = globalThis.setImmediate = globalThis.queueMicrotask = process.nextTick = () => {}',
      'completed',
    ],
  ])('changes nothing of how the run is told: %s', async (_what, patch, expected) => {
    const result = await target.attack(
      `const at = new Date(0); ${patch}\n; return { at, list: [1, "two", null], ok: true }`,
      { timeoutMs: 5000 },
    );
    if (expected !== 'any')
      expect(result).toMatchObject({
        outcome: expected,
        resultJson: '{"at":"1970-01-01T00:00:00.000Z","list":[1,"two",null],"ok":true}',
      });
    const thrown = await target.attack(`${patch}\n; throw new WrongUsernameOrPasswordError("no")`, { timeoutMs: 5000 });
    if (expected !== 'any')
      expect(thrown).toMatchObject({
        outcome: 'threw',
        error: { name: 'WrongUsernameOrPasswordError', message: 'no' },
      });
    await target.expectNextRunFine();
  });
});
