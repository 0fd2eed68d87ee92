/** `util` side by side with plain Node. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INSPECTED } from './testing/inspect-values.ts';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame, inIsolate } = createSideBySide(() => host);

/** Frames are of our own making, for those of the two sides differ. */
const ERRORS = `const n = (error) => { error.stack = error.stack.split('\\n    at ')[0] + '\\n    at made (file.js:1:2)\\n    at file.js:3:4'; return error };`;

const OPTIONS = [
  '{}',
  '{ showHidden: true }',
  '{ depth: 0 }',
  '{ depth: null, breakLength: 120 }',
  '{ depth: Infinity, compact: false }',
  '{ compact: true }',
  '{ compact: 1, breakLength: 40 }',
  '{ breakLength: Infinity }',
  '{ colors: true }',
  '{ colors: true, compact: true, breakLength: 30 }',
  '{ sorted: true }',
  '{ sorted: (a, b) => (a < b ? 1 : -1) }',
  '{ maxArrayLength: 2, maxStringLength: 5 }',
  '{ maxArrayLength: null, maxStringLength: null }',
  '{ maxArrayLength: 0 }',
  '{ getters: true }',
  '{ getters: "get" }',
  '{ getters: "set" }',
  '{ numericSeparator: true }',
  '{ customInspect: false }',
  '{ showProxy: true }',
  '{ showProxy: 1, depth: 1, showHidden: true }',
];

describe('util.inspect shows what plain Node shows', () => {
  it.each(INSPECTED)('%s', (value) =>
    expectSame(`const { inspect } = require('util'); ${ERRORS}
      return [${OPTIONS.map((options) => `inspect(${value}, ${options})`).join(',\n')}]`),
  );

  /** With `showHidden`, Node tells what lies inside of these; nothing in an isolate can look there. */
  it.each([
    '[new WeakMap([[{}, 1]]), new WeakSet([{}]), Object.assign(new WeakMap(), { a: 1 })]',
    'new URL("http://user:secret@host:80/path?query=1&other#hash")',
    '[new URLSearchParams("a=1&b=2"), new URLSearchParams(), { deep: { deeper: { url: new URL("http://h"), p: new URLSearchParams("a=1") } } }]',
    'new URLSearchParams(Array.from({ length: 30 }, (_, i) => ["name" + i, "v"]))',
    'new (class Address extends URL {})("http://h/")',
  ])('%s', (value) =>
    expectSame(`const { inspect } = require('util');
      return [${OPTIONS.filter((options) => !options.includes('showHidden'))
        .map((options) => `inspect(${value}, ${options})`)
        .join(',\n')}]`),
  );

  it('values of every shape, whatever the options', async () => {
    const leaf = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.lorem({ maxCount: 20 }),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 12 }),
      object: fc.dictionary(fc.string({ maxLength: 12 }), tie('value'), { maxKeys: 8 }),
    }));
    const options = fc.record(
      {
        depth: fc.constantFrom(0, 1, 2, 5),
        compact: fc.constantFrom(true, false, 1, 2, 3, 10),
        breakLength: fc.integer({ min: 10, max: 140 }),
        colors: fc.boolean(),
        sorted: fc.boolean(),
        maxArrayLength: fc.integer({ min: 0, max: 12 }),
        maxStringLength: fc.integer({ min: 0, max: 40 }),
        numericSeparator: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const samples = fc.sample(fc.tuple(value, options), { numRuns: 400, seed: 20 });
    const args = samples.map(([sample, chosen]) => [JSON.stringify(sample), chosen]);
    await expectSame(
      `const { inspect } = require('util'); return args.map(([json, options]) => inspect(JSON.parse(json), options))`,
      { args },
    );
  });

  it('the old form of its arguments, and defaults that a script sets', () =>
    expectSame(`const { inspect } = require('util'); const v = { a: { b: { c: { d: [1] } } } };
      const seen = [inspect(v, false, null, true), inspect(v, true, 0), inspect([1], true), inspect(v, undefined, 0), inspect.length, inspect.name];
      const before = { ...inspect.defaultOptions }; inspect.defaultOptions = { depth: 0, compact: false }; seen.push(inspect(v)); Object.assign(inspect.defaultOptions, before);
      try { inspect.defaultOptions = null } catch (e) { seen.push(e.message, e.code) }
      return [...seen, inspect(v), before, Object.entries(inspect.styles), Object.entries(inspect.colors), inspect.colors.grey, inspect.custom === Symbol.for('nodejs.util.inspect.custom')]`));
});

describe('util.inspect is not led astray', () => {
  it('by patched built-ins', async () => {
    const patched =
      await inIsolate(`const { inspect } = require('util'); const value = { a: [1, 'x', new Map([[1, { b: 2 }]])], d: new Date(0), r: /x/, n: new Number(1), w: new WeakMap() };
      const before = inspect(value); const fail = () => { throw new Error('patched') };
      const patches = [Array.prototype, ['push', 'map', 'join', 'includes', 'forEach', 'filter', 'slice', Symbol.iterator], String.prototype, ['slice', 'replace', 'split', 'includes', 'padEnd', 'repeat', 'startsWith'],
        Map.prototype, ['get', 'has', 'entries', Symbol.iterator], RegExp.prototype, ['exec', 'test', 'toString', Symbol.replace], Object.prototype, ['hasOwnProperty', 'propertyIsEnumerable'], Date.prototype, ['toISOString', 'getTime'],
        Function.prototype, ['call', 'apply', 'bind'], Object, ['keys', 'getOwnPropertyNames', 'getPrototypeOf', 'getOwnPropertyDescriptor'], WeakMap.prototype, ['get', 'has'], Symbol.prototype, ['toString']];
      for (let i = 0; i < patches.length; i += 2) for (let j = 0; j < patches[i + 1].length; j++) patches[i][patches[i + 1][j]] = fail;
      const after = inspect(value); return before === after ? before : 'different: ' + after`);
    expect(patched).toBe(
      "{\n  a: [ 1, 'x', Map(1) { 1 => [Object] } ],\n  d: 1970-01-01T00:00:00.000Z,\n  r: /x/,\n  n: [Number: 1],\n  w: WeakMap { <items unknown> }\n}",
    );
  });

  it('by proxies of proxies, and traps on every object', () =>
    expectSame(`const { inspect, types } = require('util'); const fail = () => { throw new Error('trap') }; const traps = { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail };
      const proxy = new Proxy(new Proxy({ a: 1 }, {}), traps); const made = Reflect.construct(Proxy, [[1], traps]); const { proxy: revoked, revoke } = Proxy.revocable({}, traps); revoke();
      const seen = [inspect(made), inspect(revoked), inspect({ made, revoked }), inspect(proxy, { showProxy: true, depth: 0 }), types.isProxy(proxy), types.isProxy(made), types.isProxy(revoked), types.isProxy({}), Proxy.name, Proxy.length, 'prototype' in Proxy];
      Object.prototype.get = () => 5; seen.push(typeof Proxy.revocable, Proxy.length); delete Object.prototype.get; try { Proxy({}, {}) } catch (e) { seen.push(e.name) } try { new Proxy(1, {}) } catch (e) { seen.push(e.message) } return seen`));

  it('by nesting that is deeper than the stack', async () => {
    const text = await inIsolate(`let value = {}; for (let i = 0; i < 50000; i++) value = { value };
      return require('util').inspect(value, { depth: Infinity }).includes('Inspection interrupted prematurely. Maximum call stack size exceeded.')`);
    expect(text).toBe(true);
  });

  it('by lists that are longer than any memory', () =>
    expectSame(`const a = []; a.length = 2 ** 32 - 1; a[4000000000] = 1; const long = new Array(3e6).fill(7);
      return [require('util').inspect(a), require('util').inspect(new Uint8Array(3e7)), require('util').inspect(long).split('\\n').length]`));
});

describe('util.format gives what plain Node gives', () => {
  it.each([
    `'%s %s', 'a'`,
    `'%s', 'a', 'b', { c: 1 }`,
    `'%d %i %f', '42.5x', '42.9', '1.25abc'`,
    `'%d %d %d', 5n, Symbol('a'), {}`,
    `'%i %i %f', 7n, Symbol('b'), Symbol('c')`,
    `'%j %j', { a: [1] }, (() => { const c = {}; c.c = c; return c })()`,
    `'%o | %O', { a: { b: { c: { d: {} } } } }, { a: { b: { c: { d: {} } } } }`,
    `'%o', function named() {}`,
    `'%c styled %c', 'css', 'css'`,
    `'100%', 'a'`,
    `'%% %s %%', 'a'`,
    `'%%%s%%', 'hi'`,
    `'%x %s', 'a'`,
    `'%s'`,
    `'%'`,
    `'%s%s', 'a', undefined, null`,
    `1, 2, '3', 'x'`,
    `{ a: 1 }, 'b'`,
    `'%s', -0, -0`,
    `'%s %s %s', 12345678901234567890n, Symbol('s'), null`,
    `'%s', { toString() { return 'own' } }`,
    `'%s', new (class A { toString() { return 'class' } })()`,
    `'%s', new (class B extends (class A { toString() { return 'base' } }) {})()`,
    `'%s', new (class C { [Symbol.toPrimitive]() { return 'primitive' } })()`,
    `'%s', Object.create(null)`,
    `'%s %s', new Error('as text').message, new Date(0)`,
    `'%s', { a: { b: { c: 1 } } }`,
    `'%s', [1, [2, [3]]]`,
    `'%s', class A {}`,
    `'%s', () => 1`,
    `'%s', new (class D extends Date {})(0)`,
    `'%s', new Proxy({ a: 1 }, { get() { throw new Error('trap') } })`,
    `'a', 'b', 3, Symbol('x'), [1], null, undefined`,
    ``,
    `undefined`,
    `'%s', 'x'.repeat(20)`,
    `'%d', ''`,
    `'%i', 1e21`,
    `'%f', -0`,
    `'a%sb%sc', 1, 2`,
    `'%s:%s', 'only one'`,
  ])('%s', (args) =>
    expectSame(
      `const u = require('util'); return [u.format(${args}), u.formatWithOptions({ compact: false, colors: true, numericSeparator: true }, ${args || "''"})]`,
    ),
  );

  it('what cannot be formatted throws as it does there', () =>
    expectSame(`const u = require('util'); const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } };
      return [say(() => u.formatWithOptions(null, 'a')), say(() => u.formatWithOptions('x', 'a')), say(() => u.format('%j', { toJSON() { throw new RangeError('own') } })), say(() => u.format('%j', 1n))]`));
});

describe('the rest of util gives what plain Node gives', () => {
  it.each([
    [
      'isDeepStrictEqual',
      `const values = [0, -0, NaN, 1, '1', 1n, null, undefined, true, Symbol.iterator, [], [1], [1, 2], [, 1], [undefined, 1], {}, { a: 1 }, { a: undefined }, { b: undefined }, Object.create(null), { 0: 1 }, Object.assign([1], { x: 1 }),
        new Map(), new Map([[1, 2]]), new Map([[{ a: 1 }, { b: 1 }]]), new Map([[{ a: 1 }, { b: 2 }]]), new Set([1]), new Set(['1']), new Set([{ a: 1 }]), new Set([{ a: 1 }, { a: 1 }]), new Set([[1], [2]]), new Set([[2], [1]]),
        new Date(0), new Date(1), new Date(NaN), /a/g, /a/i, new Number(1), new Number(2), new String('1'), Object(Symbol.iterator), new Error('a'), new Error('b'), new TypeError('a'), new Error('a', { cause: 1 }), Object.assign(new Error('a'), { code: 1 }),
        new Uint8Array([1]), new Uint8Array([2]), new Int8Array([1]), Buffer.from([1]), new Float32Array([-0]), new Float32Array([0]), new ArrayBuffer(1), new Uint8Array([0]).buffer, new DataView(new ArrayBuffer(1)),
        (() => { const a = {}; a.a = a; return a })(), (() => { const a = { a: {} }; a.a.a = a; return a })(), new WeakMap(), new WeakSet(), Promise.resolve(1), () => 1, class {}, { [Symbol.for('s')]: 1 }, { [Symbol.for('s')]: 2 }, Object.defineProperty({}, 'h', { value: 1 }),
        new (class A { constructor() { this.a = 1 } })(), (function () { return arguments })(1), new URL('http://a/'), new URL('http://b/'), { get a() { return 1 } }];
      const again = [{ a: 1 }, [1, [2, { b: new Map([['x', new Set([1, [2]])]]) }]], new Date(5), /x/g, new Error('same'), new Map([[{ k: 1 }, 1], [{ k: 2 }, 2]]), new Set([{ a: 1 }, { b: 2 }, 3]), new Uint8Array([1, 2]), new Number(-0), (() => { const a = [1]; a.push(a); return a })()];
      const more = [{ a: 1 }, [1, [2, { b: new Map([['x', new Set([[2], 1])]]) }]], new Date(5), /x/g, new Error('same'), new Map([[{ k: 2 }, 2], [{ k: 1 }, 1]]), new Set([3, { b: 2 }, { a: 1 }]), new Uint8Array([1, 2]), new Number(-0), (() => { const a = [1]; a.push(a); return a })()];
      const { isDeepStrictEqual: same } = require('util'); return [values.map((a) => values.map((b) => same(a, b) ? 1 : 0).join('')), again.map((a, i) => same(a, more[i])), same(new (class A {})(), new (class A {})()), same({}, Object.create(null), true)]`,
    ],
    [
      'promisify',
      `const u = require('util'); const out = []; const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } };
      function f(a, done) { done(a === 'no' ? new Error('refused') : null, a, 'second', this && this.x) } f.extra = 1; const p = u.promisify(f);
      out.push(await p('yes'), await p('no').catch((e) => e.message), await p.call({ x: 1 }, 'this'), p.name, p.length, p.extra, say(() => u.promisify('x')));
      f[u.promisify.custom] = () => 'custom'; out.push(u.promisify(f)(), u.promisify(u.promisify(f)) === u.promisify(f), u.promisify.custom.toString()); f[u.promisify.custom] = 5; out.push(say(() => u.promisify(f)));
      out.push(await u.promisify(setTimeout)(1, 'late'), await u.promisify(setImmediate)('soon')); return out`,
    ],
    [
      'callbackify',
      `const u = require('util'); const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } }; async function f(a) { if (a === 'null') throw null; if (a === 'error') throw new Error('e'); return [a, this && this.x] }
      const c = u.callbackify(f); const call = (a) => new Promise((r) => c.call({ x: 2 }, a, (e, v) => r([e && [e.name, e.code, e.message, e.reason], v])));
      return [await call('fine'), await call('null'), await call('error'), c.name, c.length, say(() => u.callbackify(1)), say(() => c('no callback'))]`,
    ],
    [
      'inherits, deprecate, debuglog',
      `const u = require('util'); const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } }; function A() {} A.prototype.hi = () => 'hi'; function B() {} u.inherits(B, A);
      const log = u.debuglog('section'); const d = u.deprecate((a, b) => a + b, 'no more', 'DEP_TEST'); const D = u.deprecate(class X { constructor(v) { this.v = v } }, 'gone');
      return [new B().hi(), B.super_ === A, say(() => u.inherits(null, A)), say(() => u.inherits(B, undefined)), say(() => u.inherits(B, {})), log.enabled, log('nothing'), d(1, 2), d(3, 4), d.length, new D(3).v, say(() => u.deprecate(() => 1, 'm', 5))]`,
    ],
    [
      'types',
      `const { types } = require('util'); const values = [1, null, undefined, 'x', {}, [], () => 1, async () => 1, function* () {}, async function* () {}, (function* () {})(), (async function* () {})(), new Map(), new Set(), new Map().keys(), new Set().values(), new WeakMap(), new WeakSet(),
        Promise.resolve(), { then() {} }, new Date(), Object.create(Date.prototype), /x/, RegExp.prototype, new Error(), Object.create(Error.prototype), new ArrayBuffer(1), new DataView(new ArrayBuffer(1)), new Uint8Array(1), Buffer.alloc(1), new Float64Array(1), new BigInt64Array(1), new Number(1), new String(''), Object(1n), Object(Symbol()), new Boolean(1),
        (function () { return arguments })(), new Proxy({}, {}), new Proxy(new Map(), {}), new Proxy(() => 1, {}), { [Symbol.toStringTag]: 'Map' }, { [Symbol.toStringTag]: 'Arguments' }];
      return Object.keys(types).sort().map((name) => [name, values.map((value) => types[name](value) ? 1 : 0).join('')])`,
    ],
    [
      'system errors',
      `const u = require('util'); const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } };
      return [[...u.getSystemErrorMap()], u.getSystemErrorName(-13), say(() => u.getSystemErrorName(5)), say(() => u.getSystemErrorName('x')), say(() => u.getSystemErrorName(-1.5)), u.getSystemErrorMessage(-2), say(() => u.getSystemErrorName(-99999))]`,
    ],
    [
      'stripVTControlCharacters, toUSVString, styleText',
      `const u = require('util'); const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } }; const force = { validateStream: false };
      return [u.stripVTControlCharacters('\\u001b[31mred\\u001b[39m \\u001b]8;;http://x\\u0007link\\u001b]8;;\\u0007'), say(() => u.stripVTControlCharacters({})), u.toUSVString('a\\ud800b'), u.styleText('red', 'x', force), u.styleText(['bold', 'underline'], 'x', force), u.styleText('none', 'x', force),
        u.styleText('bold', 'a' + u.styleText('dim', 'b', force) + 'c', force), u.styleText('red', 'a\\u001b[39mb\\u001b[39m', force), say(() => u.styleText('nocolor', 'x', force)), say(() => u.styleText('red', 5)), u.styleText('#ff8000', 'x', force), u.styleText('#f80', 'x', force), say(() => u.styleText('#12', 'x', force))]`,
    ],
    [
      'parseArgs',
      `const { parseArgs } = require('util'); const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } }; const options = { foo: { type: 'boolean', short: 'f' }, bar: { type: 'string', short: 'b', default: 'd' }, many: { type: 'string', multiple: true, short: 'm' } };
      const on = (args, more) => say(() => parseArgs({ args, options, ...more }));
      return [on(['-f', '--bar', 'b']), on(['--bar=x', '-mone', '-m', 'two', '--many=three'], { tokens: true }), on(['-fb', 'v']), on(['-fbv'], { tokens: true }), on(['pos']), on(['pos', '--', '-f'], { allowPositionals: true, tokens: true }), on(['--unknown']), on(['-u'], { allowPositionals: true }), on(['--bar']), on(['--foo=1']), on(['--bar', '-x']), on(['-b', '-x']),
        on(['--unknown', '--no-foo', 'p'], { strict: false }), on(['--no-foo'], { allowNegative: true, tokens: true }), on(['--no-bar'], { allowNegative: true }), on('x'), on([], { options: { a: { type: 'number' } } }), on([], { options: { a: { type: 'string', short: 'ab' } } }), on([], { options: { a: { type: 'string', default: 1 } } }), on([], { strict: 1 }), parseArgs({ args: [] })]`,
    ],
    [
      'MIMEType',
      `const { MIMEType, MIMEParams } = require('util'); const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } }; const m = new MIMEType('Text/HTML; Charset=utf-8;q="a;b\\\\"c" ; bad name=1;charset=again;empty=');
      m.params.set('x', 'y z'); m.type = 'application'; const p = new MIMEParams(); p.set('a', '1'); return [String(m), m.essence, m.type, m.subtype, m.params.get('charset'), [...m.params], m.params.has('q'), JSON.stringify(m), String(p), [...p.keys()], [...p.values()], say(() => new MIMEType('bad')), say(() => new MIMEType('a b/c')), say(() => new MIMEType('a/')), say(() => p.set('', 'x')), say(() => { m.subtype = 'x y' })]`,
    ],
    [
      'diff',
      `const { diff } = require('util'); const say = (f) => { try { return f() } catch (e) { return [e.name, e.code, e.message] } };
      return [diff('12345678', '12!!5!7!'), diff(['a', 'b', 'c'], ['a', 'x', 'c', 'd']), diff('', 'ab'), diff('same', 'same'), diff([], ['x']), say(() => diff(1, 2)), say(() => diff(['a', 1], []))]`,
    ],
    [
      'parseEnv',
      `return [require('util').parseEnv('A=1\\n# comment\\nB="two words" # after\\n export C=\\'single\\'\\nD=\\nE=a b # c\\nF="line\\\\nbreak"\\nG=\`tick\`\\nnot a line')].map((o) => ({ ...o }))`,
    ],
    [
      'aborted',
      `const { aborted } = require('util'); const c = new AbortController(); const p = aborted(c.signal, {}); c.abort(); return [typeof (await p), await aborted(c.signal, {}), await aborted({}, {}).catch((e) => e.code)].map(String)`,
    ],
    [
      'text encoding',
      `const u = require('util'); return [u.TextEncoder === TextEncoder, u.TextDecoder === TextDecoder, u.isArray([]), u._extend({ a: 1 }, { b: 2 }), u._extend(1, null)]`,
    ],
  ])('%s', (_what, body) => expectSame(body));

  it('the checks that Node 12 had', async () => {
    const seen =
      await inIsolate(`const u = require('util'); const values = [1, 'x', true, null, undefined, Symbol(), {}, [], () => 1, /x/, new Date(), new Error(), Buffer.alloc(1)];
      return ['isArray', 'isBoolean', 'isBuffer', 'isDate', 'isError', 'isFunction', 'isNull', 'isNullOrUndefined', 'isNumber', 'isObject', 'isPrimitive', 'isRegExp', 'isString', 'isSymbol', 'isUndefined'].map((name) => name + ' ' + values.map((value) => u[name](value) ? 1 : 0).join(''))`);
    expect(seen).toEqual([
      'isArray 0000000100000',
      'isBoolean 0010000000000',
      'isBuffer 0000000000001',
      'isDate 0000000000100',
      'isError 0000000000010',
      'isFunction 0000000010000',
      'isNull 0001000000000',
      'isNullOrUndefined 0001100000000',
      'isNumber 1000000000000',
      'isObject 0000001101111',
      'isPrimitive 1111110000000',
      'isRegExp 0000000001000',
      'isString 0100000000000',
      'isSymbol 0000010000000',
      'isUndefined 0000100000000',
    ]);
  });

  it('what scripts cannot have says so when it is called', async () => {
    const said = await inIsolate(
      `const u = require('util'); try { u.getCallSites() } catch (e) { return [e.message, e.code] }`,
    );
    expect(said).toEqual(['util.getCallSites is not available to scripts', 'ERR_UNAVAILABLE']);
  });
});
