/**
 * What an isolate alone does not contain (built-ins that nothing stops, memory that its limit sees late or not at all), in
 * the real isolate host behind its walls: the run ends in time, by the right outcome, and the connection's next run works.
 */
import type { Outcome } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox.ts';
import { noWatch } from '../../sandbox-watch.ts';
import { REAL_RUNTIME, readableLog, runOf, startTestSandbox, temporaryFolder } from './testing/test-sandbox.ts';

const CEILING_MS = 10 * 500;
const folder = temporaryFolder();
let sandbox: Sandbox;
const deaths: string[] = [];
const { log, entries } = readableLog();
const watch = { ...noWatch, hostEnded: (death: string) => void deaths.push(death) };
beforeAll(async () => {
  sandbox = await startTestSandbox({ runtimeFolder: REAL_RUNTIME, stateFolder: folder.path, watch, log });
});
afterAll(async () => {
  await sandbox?.close();
  folder.remove();
});

const ENDLESS: readonly Outcome[] = ['timed_out'];
const FULL: readonly Outcome[] = ['out_of_memory', 'timed_out'];
const EITHER: readonly Outcome[] = ['timed_out', 'out_of_memory', 'threw', 'completed', 'quota_exceeded'];

const expectContained = async (what: string, body: string, outcomes: readonly Outcome[]): Promise<void> => {
  const connectionKey = what;
  const timeoutMs = 2000;
  const startedAtMs = performance.now();
  const result = await sandbox.run(runOf(`async function work() { ${body} }`, { connectionKey, timeoutMs }));
  expect(performance.now() - startedAtMs).toBeLessThan(timeoutMs + CEILING_MS);
  expect(outcomes).toContain(result.outcome);
  const fine = () => sandbox.run(runOf('function work() { return 1; }', { connectionKey, timeoutMs: 30_000 }));
  let next = await fine();
  // The host that could not be stopped may take one more with it.
  if (next.outcome === 'killed') next = await fine();
  expect(next).toMatchObject({ outcome: 'completed', resultJson: '1' });
};

describe('a script that its isolate cannot contain ends, and the connection’s next run works:', () => {
  it.each<readonly [what: string, body: string, outcomes: readonly Outcome[]]>([
    ['a search in a sparse list', 'const a = []; a.length = 2 ** 32 - 1; a.indexOf(1)', ENDLESS],
    ['a sparse list turned round', 'const a = []; a.length = 2 ** 32 - 1; a.reverse()', FULL],
    ['a sparse list sorted', 'const a = []; a.length = 2 ** 32 - 1; a[5] = 1; a.sort()', FULL],
    ['a sparse list joined', 'const a = []; a.length = 2 ** 32 - 1; a.join("")', EITHER],
    ['powers of a BigInt', 'let x = 3n; for (;;) x = x ** 3n', FULL],
    ['products of a huge BigInt', 'const x = 1n << 30000000n; for (;;) x * x', FULL],
    ['a BigInt as text', 'String((1n << 300000000n) - 1n)', EITHER],
    ['a comparison of long texts', 'const a = "\\u0430".repeat(1e7); for (;;) a.localeCompare(a + "\\u0430")', FULL],
    ['a normalization of long texts', 'for (;;) "\\u1e9b\\u0323".repeat(5e6).normalize("NFKD")', FULL],
    ['bytes copied without end', 'const a = new Uint8Array(6e7); for (;;) a.copyWithin(0, 1)', FULL],
    ['a list that is filled', 'new Array(2 ** 27).fill(0)', FULL],
    ['a list from a length', 'Array.from({ length: 4e9 })', FULL],
    ['a list of all numbers', '[...Array(2 ** 30).keys()]', FULL],
    ['a map that grows', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })', FULL],
    ['a set that grows', 'const s = new Set(); for (let i = 0; ; i++) s.add("s" + i)', FULL],
    ['a huge replacement', '"x".repeat(2 ** 20).replace(/x/g, "y".repeat(2 ** 20))', EITHER],
    ['a huge text put together', 'let s = "x"; for (;;) s += s', EITHER],
    [
      'huge texts made flat',
      'const all = []; for (;;) all.push(("x".repeat(2 ** 26) + all.length).indexOf("y"), "x".repeat(2 ** 24) + all.length)',
      FULL,
    ],
    [
      'JSON of a graph that is a tree to it',
      'let a = ["x".repeat(1000)]; for (let i = 0; i < 40; i++) a = [a, a]; JSON.stringify(a)',
      EITHER,
    ],
    ['a pattern that fails slowly', '/^(a+)+$/.test("a".repeat(50) + "b")', ENDLESS],
    ['a try that always finally tries', 'const f = () => { try { f() } finally { f() } }; f()', ENDLESS],
    [
      'memories of WebAssembly',
      'const all = []; for (;;) all.push(new WebAssembly.Memory({ initial: 1000 }))',
      ['threw'],
    ],
    ['shared memory', 'const all = []; for (;;) all.push(new SharedArrayBuffer(1e7))', ['threw']],
    ['a wait of Atomics', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', ['threw']],
    [
      'buffers that could grow',
      'const all = []; for (let i = 0; i < 1e5; i++) { const b = new ArrayBuffer(1, { maxByteLength: 1e6 }); b.resize?.(1e6); all.push(b) } return all.length',
      ['completed'],
    ],
    ['buffers', 'const all = []; for (;;) all.push(new ArrayBuffer(1e6))', ['threw', ...FULL]],
    [
      'the host at the end of the stack',
      'const f = () => { try { f() } catch {} try { require("crypto").randomBytes(4000) } catch {} }; f()',
      EITHER,
    ],
  ])('%s', expectContained);

  it('and none of their hosts is said to have crashed', () => {
    expect(deaths).toContain('stuck');
    expect(entries.filter(({ message }) => message === 'an isolate host crashed')).toEqual([]);
    expect(deaths).not.toContain('crashed');
  });

  // V8's parser itself crashes at the end of the stack now and then, more often where the machine is busy.
  it('the parser at the end of the stack', () =>
    expectContained(
      'the parser at the end of the stack',
      'const f = () => { try { f() } catch {} try { eval("(function(){})") } catch {} }; f()',
      ['killed', ...EITHER],
    ));
});
