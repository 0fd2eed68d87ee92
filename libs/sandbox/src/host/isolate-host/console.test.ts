/** What `console` puts into a run's log, beside what plain Node writes. */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

type Line = readonly [stream: 'out' | 'error', text: string];

const sink = (stream: Line[0], lines: Line[]): Writable =>
  new Writable({
    write(bytes: Buffer, _encoding, done) {
      lines.push([stream, bytes.toString().replace(/\n$/, '')]);
      done();
    },
  });

function inNode(body: string): Line[] {
  const lines: Line[] = [];
  const console = new Console({ stdout: sink('out', lines), stderr: sink('error', lines) });
  new Function('console', body)(console);
  return lines;
}

async function inIsolate(body: string): Promise<Line[]> {
  const { outcome, logs } = await host.run(`async function login() { ${body} }`);
  expect(outcome).toBe('completed');
  return logs.map(({ level, text }) => [level === 'warn' || level === 'error' ? 'error' : 'out', text]);
}

describe('a run logs what plain Node would write', () => {
  it.each([
    [
      'log and its kin',
      `console.log('a', { b: [1, { c: { d: { e: 1 } } }] }, 'c'); console.info('%s is %d', 'x', 5, 'more'); console.debug(new Map([[1, 2]])); console.warn('w'); console.error(null, undefined); console.log(); console.dirxml({ a: 1 }, [2])`,
    ],
    [
      'dir',
      `console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 }); console.dir({ [Symbol.for('nodejs.util.inspect.custom')]: () => 'custom' }); console.dir('text', { colors: true })`,
    ],
    [
      'groups',
      `console.group('one', 1); console.log('a\\nb'); console.group(); console.warn({ x: 'long'.repeat(20), y: 'long'.repeat(20) }); console.groupEnd(); console.groupCollapsed('two'); console.table([[1]]); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log('end')`,
    ],
    [
      'counts',
      `console.count(); console.count('x'); console.count(); console.countReset(); console.count(); console.count(undefined); console.count(5)`,
    ],
    [
      'assertions',
      `console.assert(true, 'no'); console.assert(false); console.assert(false, 'text %s', 'x'); console.assert(0, { a: 1 }, 2)`,
    ],
    [
      'tables',
      `console.table([{ a: 1, b: 'x' }, { a: 2, c: { d: 1 } }]); console.table([[1, 2], [3, 4, 5]]); console.table([1, 'two', { three: 3 }]); console.table({ x: { y: 1 }, z: 2 }); console.table(new Map([['k', { v: 1 }], [2, [3]]])); console.table(new Set([1, 'a']));
      console.table([{ a: 1, b: 2 }], ['b', 'missing']); console.table([]); console.table('text'); console.table(null); console.table(5, ['a']); console.table([{ a: '\\u4f60\\u597d' }, { a: 'x' }]); console.table([{ a: { b: 1, c: 2, d: 3 } }, { a: [1, 2, 3, 4, 5] }]); console.table([{ 2: 'b', 1: 'a', x: 1 }]); console.table([null, undefined, () => 1])`,
    ],
    [
      'hostile values',
      `console.log(new Proxy({}, { get() { throw new Error('trap') } })); console.log({ get a() { throw new Error('getter') } }); console.log(Object.create(null))`,
    ],
  ])('%s', async (_what, body) => {
    const expected = inNode(body);
    expect(expected).not.toEqual([]);
    expect(await inIsolate(body)).toEqual(expected);
  });

  it('times', async () => {
    const lines = await inIsolate(
      `console.time(); console.time('x'); console.timeLog('x', { a: 1 }, 2); console.timeEnd('x'); console.timeEnd()`,
    );
    expect(lines.map(([, text]) => text.replace(/[\d.]+ms/, 'N ms'))).toEqual([
      'x: N ms { a: 1 } 2',
      'x: N ms',
      'default: N ms',
    ]);
  });

  it('labels that do not fit, as warnings', async () => {
    const lines = await inIsolate(
      `console.countReset('x'); console.time('t'); console.time('t'); console.timeEnd('y'); console.timeLog('z')`,
    );
    expect(lines).toEqual([
      ['error', "Warning: Count for 'x' does not exist"],
      ['error', "Warning: Label 't' already exists for console.time()"],
      ['error', "Warning: No such label 'y' for console.timeEnd()"],
      ['error', "Warning: No such label 'z' for console.timeLog()"],
    ]);
  });

  it('traces, with the frames of the script first', async () => {
    const [[stream, text = ''] = []] = await inIsolate(`console.trace('here %s', 'x')`);
    expect(stream).toBe('error');
    expect(text).toMatch(/^Trace: here x\n {4}at login \(script\.js:1:/);
  });
});

describe('a run cannot log more than its budget', () => {
  it('however large a value is', async () => {
    const { logs, resultJson } = await host.run(
      `async function login() { let shown = 0; const row = { [Symbol.for('nodejs.util.inspect.custom')]: () => { shown += 1; return 'x'.repeat(1000) } };
        console.log(Array.from({ length: 50 }, () => Array.from({ length: 90 }, () => Array.from({ length: 90 }, () => row)))); return shown }`,
    );
    expect(logs).toHaveLength(1);
    expect(logs[0]?.text.length).toBeLessThan(8300);
    expect(Number(resultJson)).toBeLessThan(100);
  });

  it.each(['a', 'ä', '漢', '😀'])('in bytes of UTF-8: %s', async (character) => {
    const { logs } = await host.run(
      `async function login() { for (let i = 0; i < 100; i++) console.log('${character}'.repeat(2048)) }`,
    );
    expect(logs.at(-1)?.text).toMatch(/^\d+ more lines were dropped: a run may log 200 lines and 64 KiB$/);
    const bytes = logs.slice(0, -1).reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    // A cut line ends with a sign of three bytes.
    expect(bytes).toBeLessThanOrEqual(64 * 1024 + 5);
    expect(bytes).toBeGreaterThan(42 * 1024);
  });

  it('in lines', async () => {
    const { logs } = await host.run(`async function login() { for (let i = 0; i < 500; i++) console.log(i) }`);
    expect(logs).toHaveLength(200);
    expect(logs.at(-1)?.text).toMatch(/^301 more lines were dropped/);
  });

  it('and what one run grouped, counted and timed is forgotten in the next', async () => {
    const source = `async function login() { console.group(); console.count(); console.time('t') }`;
    const [first, second] = [await host.run(source), await host.run(source)];
    expect(second.logs.map(({ text }) => text)).toEqual(first.logs.map(({ text }) => text));
  });
});
