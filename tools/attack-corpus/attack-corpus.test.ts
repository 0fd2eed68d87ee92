import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { RunRequest, Sandbox } from '@userferry/sandbox';
import type { RunResult } from '@userferry/script-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCases } from './find-cases.ts';
import { type JudgedCase, judgeCase } from './judge-case.ts';
import { summarize } from './summarize.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'userferry-corpus-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const CANARY = 'canary-of-the-test';
const RESULT: RunResult = { outcome: 'completed', logs: [], usage: { wallMs: 1, cpuMs: 1, heapBytes: 0 } };

type Run = (request: RunRequest) => Promise<RunResult>;
const sandboxOf = (run: Run): Sandbox => ({
  run,
  check: async () => ({ problems: [] }),
  level: { level: 'process', walls: [], missing: [] },
  modules: [],
  onHealth: () => undefined,
  stats: () => ({ waiting: 0, hosts: { starting: 0, blank: 0, warm: 0, busy: 0 }, residentBytes: 0 }),
  close: async () => undefined,
});

/** A sandbox that is none: another context of this process, into which things of this one are put. */
const contextSandbox = (inside: object): Sandbox =>
  sandboxOf(async ({ source, functionName, argsJson }) => {
    const standIn = { setTimeout, require: () => ({}), ...inside };
    const text = `globalThis.process = {};\n${source}\n;${functionName}`;
    const call = runInNewContext(text, standIn) as (code: string) => Promise<unknown>;
    const [code] = JSON.parse(argsJson) as [string];
    return { ...RESULT, resultJson: JSON.stringify(await call(code)) };
  });

const judge = (code: string, sandbox: Sandbox, graceMs = 20_000): Promise<JudgedCase> =>
  judgeCase({ name: 'case', code }, { sandbox, canary: CANARY, deadlineMs: 100, graceMs });

describe('an escape is seen', () => {
  const leak = { leaked: { deep: [() => 1] }, hostError: () => (null as unknown as { x: 1 }).x };
  it.each([
    ['a value of the host is returned', 'leaked'],
    ['a function of the host is returned', 'return [1, { a: leaked.deep[0] }]'],
    ['a Function of the host was reached', 'return leaked.constructor.constructor'],
    ['process of the host was reached', 'return leaked.constructor.constructor("return process")()'],
    ['an error of the host was caught', 'try { hostError() } catch (e) { return e }'],
    ['an error of the host comes out', 'hostError()'],
    ['it is left in a global', 'globalThis.mine = leaked; 1'],
    ['it is put on a prototype', 'Object.prototype.mine = leaked; 1'],
    [
      'built-ins were patched first',
      'Array.prototype.push = Reflect.ownKeys = Object.getPrototypeOf = () => []; Set.prototype.has = () => true; return leaked',
    ],
    [
      'it is behind a getter',
      'return { get a() { return leaked } , b: Object.getOwnPropertyDescriptor({ get x() { return 1 } }, "x"), c: leaked }',
    ],
  ])('when %s', async (_what, code) => {
    const judged = await judge(code, contextSandbox(leak));
    expect(judged).toMatchObject({ verdict: 'escaped' });
    expect(judged.findings.length).toBeGreaterThan(0);
  });

  it.each([
    ['the result', { resultJson: JSON.stringify({ ended: 'value', told: CANARY, findings: [] }) }],
    ['an error', { outcome: 'threw', error: { name: 'Error', message: `x ${CANARY}` } }],
    ['a log line', { logs: [{ level: 'info', text: CANARY, atMs: 0 }] }],
  ] as const)('when the canary is in %s', async (_where, part) => {
    expect(
      await judge(
        '1',
        sandboxOf(async () => ({ ...RESULT, ...part }) as RunResult),
      ),
    ).toMatchObject({ verdict: 'escaped' });
  });
});

describe('what is no escape is not taken for one', () => {
  it.each([
    '1',
    'return {}',
    'throw new Error("x")',
    'return [() => 1, class {}, new Map(), async () => 1]',
    '}{',
    'return globalThis',
    'return process',
    'return (function* () {})()',
  ])('%s', async (code) => {
    const judged = await judge(code, contextSandbox({}));
    expect(judged).toMatchObject({ findings: [] });
  });
});

describe('what hangs is seen', () => {
  it('when a run does not end', async () => {
    expect(
      await judge(
        '1',
        sandboxOf(() => new Promise(() => {})),
        50,
      ),
    ).toMatchObject({ verdict: 'hung', outcome: 'none' });
  });

  it('when the next run of the connection does not work', async () => {
    const broken = sandboxOf(async ({ argsJson }) =>
      argsJson === '[""]' ? { ...RESULT, outcome: 'killed' } : { ...RESULT, outcome: 'threw' },
    );
    expect(await judge('1', broken)).toMatchObject({ verdict: 'hung' });
  });
});

describe('cases', () => {
  it('are files, code blocks, and scripts that lie as text in tests', () => {
    mkdirSync(join(folder, 'sub'));
    writeFileSync(
      join(folder, 'sub/one.js'),
      'vm.run(`\n  const a = "x"; a.constructor();\n`); // it`s\nrun(\'(function () { return this.constructor.constructor("return process")() })()\'); f("a plain message of some length that is no code at all, however long")',
    );
    writeFileSync(join(folder, 'two.md'), 'text\n```js\nthrow 1;\n```\n```sh\nls\n```\n');
    const cases = findCases(folder);
    expect(cases.map(({ name }) => name)).toEqual(['sub/one.js', 'sub/one.js:1', 'sub/one.js:4', 'two.md:2']);
    expect(cases[3]?.code).toBe('throw 1;\n');
    expect(cases[2]?.code).toMatch(/^\(function/);
  });

  it('are summed up by verdict and outcome', () => {
    const one: JudgedCase = { name: 'a', verdict: 'contained', outcome: 'timed_out', told: '', findings: [], ms: 1 };
    const summary = summarize([
      one,
      { ...one, verdict: 'escaped', outcome: 'completed' },
      { ...one, told: 'Cannot find module' },
    ]);
    expect(summary).toMatchObject({ cases: 3, contained: 2, escaped: 1, hung: 0, couldNotRun: 1 });
    expect(summary.outcomes).toEqual({ timed_out: 2, completed: 1 });
  });
});
