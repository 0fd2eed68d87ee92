/** `structuredClone` beside plain Node: what it copies, what it refuses, and what it says then. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame, inIsolate } = createSideBySide(() => host);

/** What is looked at of a copy, and of what is thrown. */
const SHOW = `const shown = (v) => {
  if (v instanceof Map) return ['map', ...[...v].map(([a, b]) => [shown(a), shown(b)])]; if (v instanceof Set) return ['set', ...[...v].map(shown)];
  if (v instanceof Error) return [v.constructor.name, v.name, v.code, String(v), Object.hasOwn(v, 'cause'), shown(v.cause), Object.keys(v), typeof v.stack];
  if (v instanceof RegExp) return [String(v), v.lastIndex]; if (v instanceof Date) return ['date', String(+v)]; if (v instanceof ArrayBuffer) return ['memory', ...new Uint8Array(v)];
  if (v instanceof DataView) return ['view', v.byteOffset, v.byteLength]; if (ArrayBuffer.isView(v)) return [v.constructor.name, ...[...v].map(String)];
  if (typeof v === 'bigint' || v === undefined || Object.is(v, -0)) return Object.is(v, -0) ? '-0' : String(v); if (typeof v !== 'object' || v === null) return v;
  return [Object.prototype.toString.call(v), Object.getPrototypeOf(v) === Object.prototype, v.length ?? null, typeof v.valueOf() === 'object' ? null : String(v.valueOf()), ...Object.entries(v).map(([key, one]) => [key, shown(one)])];
}; const say = (f) => { try { return shown(f()) } catch (e) { return ['threw', e.constructor.name, e.name, e.code, e.message] } };`;

const expectSameOfEach = (expressions: readonly string[]): Promise<void> =>
  expectSame(`${SHOW} return [${expressions.map((one) => `say(() => (${one}))`).join(',\n')}]`);
const expectSameClones = (values: readonly string[]): Promise<void> =>
  expectSameOfEach(values.map((value) => `structuredClone(${value})`));

describe('structuredClone', () => {
  it('copies values of the language', () =>
    expectSameClones([
      ...[
        '5n',
        'null',
        'undefined',
        '-0',
        '"a"',
        'Object(5n)',
        'new Number(5)',
        'new String("abc")',
        'new Boolean(false)',
      ],
      ...[
        '[1, , 3]',
        'Object.assign([1, 2], { x: { y: 1 } })',
        'new (class extends Array {})(3)',
        'new Array(4294967295).length',
      ],
      ...[
        'new Date(5)',
        'new Date(NaN)',
        '/a(b)/giu',
        'Object.assign(/a/g, { lastIndex: 5 })',
        'new Map([[{ k: 1 }, new Set([1])]])',
      ],
      ...[
        'Object.assign(new Map([[1, 2]]), { extra: 1 })',
        'new Set([1, "x", { a: 1 }])',
        'new (class Mine extends Map {})([[1, 2]])',
      ],
      ...[
        '{ 2: "b", 1: "a", z: { [Symbol()]: 1 }, get y() { return 5 } }',
        '{ ["__proto__"]: 1 }',
        'Object.create({ far: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3 } })',
      ],
      ...[
        'new (class { #x = 1; y = 2; get z() { return 3 } m() {} })()',
        'Object.freeze({ a: 1 })',
        'new (require("events"))()',
      ],
    ]));

  it('copies memory and views of it', () =>
    expectSameOfEach([
      ...[
        'Buffer.from("abc")',
        'new Uint16Array([1, 2])',
        'new BigInt64Array([1n])',
        'new DataView(new ArrayBuffer(4), 1, 2)',
        'new ArrayBuffer(2)',
      ].map((value) => `structuredClone(${value})`),
      '(() => { const u = new Uint8Array(3); const c = structuredClone([u, u.buffer, u.subarray(1)]); return [c[0].buffer === c[1], c[2].buffer === c[1], c[2].byteOffset] })()',
    ]));

  it('copies what leads back to itself', () =>
    expectSame(`const a = { list: [] }; a.self = a; a.list.push(a); a.map = new Map([['a', a]]); const error = new Error('x'); error.cause = error; const twice = {};
      const c = structuredClone(a), e = structuredClone(error), [one, other] = structuredClone([twice, twice]); return [c !== a, c.self === c, c.list[0] === c, c.map.get('a') === c, e.cause === e, one === other]`));

  it('copies of errors what they are, and no more', () =>
    expectSameClones([
      ...[
        'new TypeError("x", { cause: { a: 1 } })',
        'Object.assign(new RangeError("x"), { code: "E" })',
        'new (class Mine extends TypeError { name = "Mine" })("m")',
        'new (class Mine extends Error {})("m")',
      ],
      ...[
        'Object.assign(new Error("x"), { name: "SyntaxError" })',
        'Object.assign(new Error("x"), { message: 5 })',
        'new AggregateError([1], "b")',
        'new Error()',
        'new Error("x", { cause: undefined })',
      ],
      ...[
        'new DOMException("a", "AbortError")',
        'Object.assign(new Error("x"), { stack: 5 })',
        'new Error("x", { cause: () => 1 })',
        '{ __proto__: Error.prototype, message: "x" }',
      ],
    ]));

  it('refuses what is code, or has no copy', () =>
    expectSameClones([
      ...[
        '() => 1',
        'class A { m() {} }',
        '{ toJSON() { return 5 } }',
        'Symbol("x")',
        '{ a: [Symbol()] }',
        'Math.max',
        'new Map([[() => 1, 2]])',
        `function long() { return "${'x'.repeat(200)}" }`,
      ],
      ...[
        'new WeakMap()',
        'new WeakSet()',
        'new WeakRef({})',
        'Promise.resolve()',
        '(function* () {})()',
        'Object(Symbol("x"))',
        '(function () { return arguments })()',
        'new Proxy({}, {})',
        'new Proxy([], {})',
      ],
      ...[
        'new (class Mine extends WeakMap {})()',
        'Object.assign(new WeakMap(), { toString: () => "mine" })',
        '{ get a() { throw new RangeError("mine") } }',
      ],
    ]));

  it('refuses the classes of the web that have none, and copies a blob', () =>
    expectSame(`${SHOW} const file = structuredClone(new File(['abc'], 'n.txt', { type: 'text/plain', lastModified: 5 }));
      return [...['new URL("http://x")', 'new URLSearchParams()', 'new Headers()', 'new Response("x").headers', 'new FormData()'].map((make) => say(() => structuredClone(eval(make)))),
        file instanceof File, file.name, file.type, file.lastModified, await file.text(), await structuredClone(new Blob(['x'])).text()]`));

  it('transfers memory, and nothing when something else is refused', () =>
    expectSameOfEach([
      '(() => { const u = new Uint8Array([1, 2]); const c = structuredClone({ u }, { transfer: [u.buffer] }); return [u.length, u.buffer.detached, c] })()',
      '(() => { const b = new ArrayBuffer(4); structuredClone(1, { transfer: new Set([b]) }); return b.byteLength })()',
      '(() => { const b = new ArrayBuffer(4); try { structuredClone(() => 1, { transfer: [b] }) } catch (e) { return [e.name, b.byteLength] } })()',
      ...['[b, b]', '[1]', '[{}]', '[new Uint8Array(1)]', '5', 'null', 'undefined'].map(
        (list) => `(() => { const b = new ArrayBuffer(4); return structuredClone(1, { transfer: ${list} }) })()`,
      ),
      ...['b', 'new Uint8Array(4)', 'b, { transfer: [b] }'].map(
        (args) =>
          `(() => { const b = new ArrayBuffer(4); structuredClone(b, { transfer: [b] }); return structuredClone(${args}) })()`,
      ),
      ...['', '1, null', '1, 5', '1, []'].map((args) => `structuredClone(${args})`),
      '[structuredClone.name, structuredClone.length]',
    ]));

  it('runs nothing that a script has put on what it goes through', async () => {
    const seen =
      await inIsolate(`const seen = []; const note = (name) => () => { seen[seen.length] = name }; structuredClone(1); Object.defineProperty(Object.prototype, 'value', { set: note('value'), configurable: true }); const error = new Error('x');
      for (const [holder, names] of [[Map.prototype, ['get', 'set', 'forEach', 'has']], [Set.prototype, ['add', 'forEach', 'has']], [Array.prototype, ['push', 'map']], [Object, ['keys', 'defineProperty']], [Reflect, ['apply', 'ownKeys']]])
        for (const name of names) holder[name] = note(name);
      globalThis.Map = globalThis.Set = globalThis.Error = note('made');
      const copy = structuredClone({ a: [1, new Date(0), error, /x/], b: new Uint8Array(2) }); return [seen.join(), copy.a.length, copy.b.length]`);
    expect(seen).toEqual(['', 4, 2]);
  });
});
