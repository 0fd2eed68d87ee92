import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const returning = (expression: string) => host.run(`async function login() { return ${expression} }`);

describe('the result of a script', () => {
  it.each([
    ['undefined is null', 'undefined', null],
    ['a Date is ISO 8601', '{ at: new Date(0) }', { at: '1970-01-01T00:00:00.000Z' }],
    ['a Buffer is base64', '{ b: Buffer.from("hello") }', { b: 'aGVsbG8=' }],
    ['a Uint8Array is base64', '{ b: new Uint8Array([1, 2, 3]).subarray(1) }', { b: 'AgM=' }],
    ['a bigint is a decimal string', '{ n: 12345678901234567890n }', { n: '12345678901234567890' }],
    ['an ObjectId is its hex string', '{ _bsontype: "ObjectId", toHexString() { return "5f" } }', '5f'],
    ['a Decimal128 is its string', '{ d: { _bsontype: "Decimal128", toString() { return "1.50" } } }', { d: '1.50' }],
    ['undefined members are left out', '{ a: undefined, b: 1 }', { b: 1 }],
    ['holes and undefined in lists are null', '[, undefined, 1]', [null, null, 1]],
    ['an invalid Date in it is null', '{ at: new Date("x"), list: [new Date(NaN)] }', { at: null, list: [null] }],
    ['an infinite number in it is null', '{ n: [-Infinity], until: Infinity }', { n: [null], until: null }],
    ['toJSON is honoured', '{ toJSON() { return { kept: 1 } } }', { kept: 1 }],
    [
      'one object in two places is no cycle',
      '(() => { const a = { x: 1 }; return { a, b: a } })()',
      { a: { x: 1 }, b: { x: 1 } },
    ],
    ['text of any script survives', '"\\u4f60\\u597d \\ud83d\\ude00 \\u2028"', '\u4f60\u597d \ud83d\ude00 \u2028'],
    ['a key named __proto__ survives', 'JSON.parse(\'{"__proto__":1}\')', JSON.parse('{"__proto__":1}')],
  ])('%s', async (_rule, expression, expected) => {
    const { outcome, resultJson } = await returning(expression);
    expect(outcome).toBe('completed');
    expect(JSON.parse(resultJson as string)).toEqual(expected);
  });

  it.each([
    ['a cycle', '(() => { const profile = {}; profile.self = profile; return { profile } })()', 'result.profile.self'],
    ['a function', '{ list: [1, () => 1] }', 'result.list[1]'],
    ['a symbol', '{ "odd key": Symbol("x") }', 'result["odd key"]'],
    ['NaN', '{ n: NaN }', 'result.n'],
    ['an infinite number that is all there is', 'Infinity', 'result'],
    ['an invalid date that is all there is', 'new Date("x")', 'result'],
  ])('names the place of %s', async (_what, expression, path) => {
    const { outcome, error } = await returning(expression);
    expect(outcome).toBe('invalid_result');
    expect(error?.message).toContain(path);
  });

  it('is refused when it is too large, however little memory the script needed for it', async () => {
    const { outcome, error } = await returning(
      '(() => { let a = "x".repeat(1000); for (let i = 0; i < 20; i++) a = [a, a]; return a })()',
    );
    expect(outcome).toBe('quota_exceeded');
    expect(error?.message).toContain('1024 KiB');
  });

  it('is refused when it is nested without end', async () => {
    const { outcome } = await returning('(() => { let a = 1; for (let i = 0; i < 1000; i++) a = { a }; return a })()');
    expect(outcome).toBe('invalid_result');
  });

  it('cannot be changed by patched built-ins', async () => {
    const source = `async function login() {
      Object.prototype.toJSON = () => 'evil';
      Array.prototype.toJSON = () => 'evil';
      JSON.stringify = () => 'evil';
      Array.prototype[Symbol.iterator] = function* () { yield 'evil' };
      Object.keys = () => { throw 1 };
      return [{ a: [1] }];
    }`;
    const { outcome, resultJson } = await host.run(source);
    expect(outcome).toBe('completed');
    expect(resultJson).toBe('[{"a":[1]}]');
  });
});

describe('the arguments and the environment', () => {
  it('arrive as JSON gives them, numbers as numbers', async () => {
    const source =
      'function login(id, updates, context) { return { id, type: typeof id, updates, app: context.appName } }';
    const { resultJson } = await host.run(source, { args: [7, { nickname: null }, { appName: 'web' }] });
    expect(JSON.parse(resultJson as string)).toEqual({
      id: 7,
      type: 'number',
      updates: { nickname: null },
      app: 'web',
    });
  });

  it('env is global, holds what was given and cannot be changed', async () => {
    const source = `'use strict'; function login() {
      let failed = 0;
      try { env.A = 'x' } catch { failed++ }
      try { env = {} } catch { failed++ }
      return { env, same: globalThis.env === env, failed, own: process.env };
    }`;
    const { resultJson } = await host.run(source, { env: { A: '1' } });
    expect(JSON.parse(resultJson as string)).toEqual({ env: { A: '1' }, same: true, failed: 2, own: {} });
  });
});

describe('the log of a run', () => {
  it('holds lines with level and time, formatted as Node does', async () => {
    const source = `function login() {
      console.log('%s is %d', 'age', 7, { a: [1, { b: null }] });
      console.error(new Error('shown').message);
      console.warn(undefined, [1, 'two']);
      console.debug('low');
    }`;
    const { logs } = await host.run(source);
    expect(logs.map(({ level, text }) => [level, text])).toEqual([
      ['info', 'age is 7 { a: [ 1, { b: null } ] }'],
      ['error', 'shown'],
      ['warn', "undefined [ 1, 'two' ]"],
      ['debug', 'low'],
    ]);
    for (const { atMs } of logs) expect(atMs).toBeGreaterThanOrEqual(0);
  });

  it('ends with one line that tells how many were dropped', async () => {
    const { outcome, logs } = await host.run('function login() { for (let i = 0; i < 500; i++) console.log(i) }');
    expect(outcome).toBe('completed');
    expect(logs).toHaveLength(200);
    expect(logs.at(-1)?.text).toContain('301 more lines were dropped');
  });

  it('is limited in size', async () => {
    const { logs } = await host.run(`function login() { for (let i = 0; i < 50; i++) console.log('x'.repeat(5000)) }`);
    expect(logs.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(70_000);
    expect(logs.at(-1)?.text).toContain('dropped');
  });

  it('starts anew for every run', async () => {
    const source = 'function login() { for (let i = 0; i < 300; i++) console.log(i) }';
    expect((await host.run(source)).logs).toHaveLength(200);
    expect((await host.run(source)).logs).toHaveLength(200);
  });
});
