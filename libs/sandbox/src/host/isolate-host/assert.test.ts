/** `assert` side by side with plain Node. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const { expectSame } = createSideBySide(() => host);
/** What an assertion throws, its message included; `no` takes the message away where Node quotes the source. */
const SAY = `const a = require('assert'); const say = (f) => { try { return ['fine', f()] } catch (e) { return [e.name, e.code, e.message, e.generatedMessage, e.operator, typeof e.actual, typeof e.expected, Object.keys(e)] } };
const no = (f) => { const [name, code, , ...rest] = say(f); return [name, code, ...rest] };
const later = async (f) => { try { return ['fine', await f()] } catch (e) { return [e.name, e.code, e.message, e.generatedMessage, e.operator] } };`;

describe('assert gives what plain Node gives', () => {
  it.each([
    [
      'truth',
      `return [say(() => a.ok(1)), say(() => a.ok(0, 'own')), say(() => a(0, 'own')), say(() => a.ok(null, new TypeError('mine'))), no(() => a.ok(0)), no(() => a(false)), say(() => a.ok()), say(() => a.strict(0, 'x')), say(() => a.equal(1, 1)), say(() => a.fail()), say(() => a.fail('own')), say(() => a.fail(new RangeError('r'))), say(() => a.ifError(null)), say(() => a.ifError(undefined)), say(() => a.ifError(0)), say(() => a.ifError('text')), say(() => a.ifError(new Error('told')))]`,
    ],
    [
      'equality',
      `return [say(() => a.equal(1, '1')), say(() => a.equal(1, 2)), say(() => a.equal(NaN, NaN)), say(() => a.equal('a', 'b')), say(() => a.notEqual(1, 1)), say(() => a.notEqual(1, 2)), say(() => a.equal({}, {})), say(() => a.strictEqual(1, 1)), say(() => a.strictEqual(1, 2)), say(() => a.strictEqual('a', 'b', 'own')), say(() => a.strictEqual(NaN, NaN)), say(() => a.strictEqual(0, -0)), say(() => a.notStrictEqual(1, 1)), say(() => a.notStrictEqual({}, {})), say(() => a.strictEqual([1], [1])), say(() => a.strictEqual({ a: 1 }, { a: 1 })), say(() => a.strictEqual(1)), say(() => a.strict.equal(1, '1')), say(() => a.strictEqual('a\\nb', 'a\\nc')), say(() => a.strictEqual(1, 2, new TypeError('t'))), say(() => a.strictEqual(null, undefined)), say(() => a.strictEqual('x'.repeat(30), 'y'.repeat(30))), say(() => a.notStrictEqual('text', 'text'))]`,
    ],
    [
      'deep equality',
      `return [say(() => a.deepEqual({ a: 1 }, { a: '1' })), say(() => a.deepEqual([1, 2], [1, 3])), say(() => a.deepStrictEqual({ a: 1 }, { a: 1 })), say(() => a.deepStrictEqual({ a: 1 }, { a: '1' })), say(() => a.deepStrictEqual([1, 2, 3], [1, 2, 4])), say(() => a.notDeepEqual({ a: 1 }, { a: 1 })), say(() => a.notDeepStrictEqual({ a: 1 }, { a: 1 })), say(() => a.notDeepStrictEqual({ a: 1 }, { a: 2 })), say(() => a.deepStrictEqual(new Map([[1, 2]]), new Map([[1, 3]]))), say(() => a.deepStrictEqual(1, 2)), say(() => a.deepStrictEqual({ a: { b: { c: [1, 2, { d: 3 }] } } }, { a: { b: { c: [1, 2, { d: 4 }] } } })),
      say(() => a.deepStrictEqual(Array.from({ length: 40 }, (_, i) => i), Array.from({ length: 40 }, (_, i) => i === 20 ? -1 : i))), say(() => a.deepStrictEqual([1], [1], 'own')), say(() => a.deepStrictEqual([1], [2], 'own')), say(() => a.deepStrictEqual(new Date(0), new Date(1))), say(() => a.deepStrictEqual({}, Object.create(null))), say(() => a.deepStrictEqual([], {})), say(() => a.deepEqual(new Set([1, { a: 1 }]), new Set([{ a: 1 }, '1']))), say(() => a.deepEqual(1, '1')), say(() => a.deepEqual(NaN, NaN)), say(() => a.deepEqual([null], [undefined]))]`,
    ],
    [
      'throwing',
      `const fail = (e) => () => { throw e }; class Mine extends Error {} return [say(() => a.throws(() => 1)), say(() => a.throws(() => 1, 'own')), say(() => a.throws(() => 1, TypeError)), say(() => a.throws(() => 1, TypeError, 'own')), say(() => a.throws(fail(new Error('x')))), say(() => a.throws(fail(new Mine('x')), Mine)), say(() => a.throws(fail(new TypeError('x')), /x/)), say(() => a.throws(fail(new Error('other')), /x/)), say(() => a.throws(fail(new Error('other')), /x/, 'own')), say(() => a.throws(fail(new Error('m')), { message: 'm' })), say(() => a.throws(fail(new Error('m')), { message: /m/, name: 'Error' })), say(() => a.throws(fail(new Error('m')), { message: 'n' })), say(() => a.throws(fail(new Error('m')), (e) => e.message === 'm')), say(() => a.throws(fail(new Error('m')), () => false)), say(() => a.throws(fail(new Error('m')), TypeError)), say(() => a.throws('x')), say(() => a.throws(fail(new Error('same')), 'same')), say(() => a.throws(fail(null), { a: 1 })), say(() => a.throws(fail(new Error('m')), {})), say(() => a.throws(fail(Object.assign(new Error('m'), { code: 'C' })), { code: 'C', extra: 1 })),
      say(() => a.doesNotThrow(() => 1)), say(() => a.doesNotThrow(fail(new Error('m')))), say(() => a.doesNotThrow(fail(new Error('m')), 'own')), say(() => a.doesNotThrow(fail(new Error('m')), TypeError)), say(() => a.doesNotThrow(fail(new TypeError('m')), TypeError, 'own')), say(() => a.throws(() => 1, 5))]`,
    ],
    [
      'rejecting',
      `return [await later(() => a.rejects(Promise.reject(new Error('x')))), await later(() => a.rejects(async () => { throw new TypeError('x') }, TypeError)), await later(() => a.rejects(Promise.resolve(1))), await later(() => a.rejects(async () => 1, 'own')), await later(() => a.rejects(() => 1)), await later(() => a.rejects('x')), await later(() => a.rejects(() => { throw new Error('sync') })), await later(() => a.rejects(Promise.reject(new Error('x')), { message: 'y' })), await later(() => a.doesNotReject(Promise.resolve(1))), await later(() => a.doesNotReject(async () => { throw new Error('m') })), await later(() => a.doesNotReject(async () => { throw new Error('m') }, 'own'))]`,
    ],
    [
      'matching',
      `return [say(() => a.match('abc', /b/)), say(() => a.match('abc', /x/)), say(() => a.match(5, /x/)), say(() => a.match('abc', 'b')), say(() => a.doesNotMatch('abc', /b/)), say(() => a.doesNotMatch('abc', /x/)), say(() => a.doesNotMatch(5, /x/)), say(() => a.match('abc', /x/, 'own'))]`,
    ],
    [
      'partial equality',
      `return [say(() => a.partialDeepStrictEqual({ a: 1, b: { c: 2, d: 3 } }, { b: { c: 2 } })), say(() => a.partialDeepStrictEqual([1, 2, 3], [1, 3])), say(() => a.partialDeepStrictEqual({ a: 1 }, { a: 1, b: 2 }, 'own')), say(() => a.partialDeepStrictEqual(new Set([1, 2]), new Set([2]))), say(() => a.partialDeepStrictEqual(new Map([[1, { a: 1, b: 2 }]]), new Map([[1, { a: 1 }]])))]`,
    ],
    [
      'AssertionError',
      `const e = new a.AssertionError({ actual: 1, expected: 2, operator: 'strictEqual' }); const f = new a.AssertionError({ message: 'own', actual: 1 }); return [e.message, e.name, e.code, e.generatedMessage, e instanceof Error, f.message, f.generatedMessage, say(() => new a.AssertionError('x')), String(e), a.AssertionError.name, Object.keys(a).filter((k) => !['Assert', 'CallTracker', 'AssertionError'].includes(k)).sort(), a.strict.strict === a.strict, a.strict.deepEqual === a.deepStrictEqual, Object.prototype.toString.call(e)]`,
    ],
  ])('%s', (_what, body) => expectSame(`${SAY} ${body}`));
});
