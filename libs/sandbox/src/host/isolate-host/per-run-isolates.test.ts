/** `isolation: per_run`: each run in an isolate that has run nothing, made ready ahead of it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRuntimeFiles } from './runtime-files.ts';
import { createSlot } from './slot.ts';
import { type Result, type RunOptions, startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

/** Long enough for the next isolate to be ready, mostly; what is asked holds without, too. */
const PREPARED_MS = 200;
const alone = (source: string, options: RunOptions = {}): Promise<Result> =>
  host.run(source, { isolation: 'per_run', timeoutMs: 20_000, ...options });
/** When the isolate began: nothing that a run does outlives it, so this tells isolates apart. */
const ISOLATE = 'async function login() { return performance.timeOrigin }';

const answersOf = async (source: string, count: number): Promise<unknown[]> => {
  const seen: unknown[] = [];
  for (let n = 0; n < count; n += 1) {
    const { outcome, resultJson, error } = await alone(source);
    expect([outcome, error]).toEqual(['completed', undefined]);
    seen.push(JSON.parse(resultJson as string));
    await sleep(PREPARED_MS);
  }
  return seen;
};

describe('a run in an isolate of its own', () => {
  it('has one that served no run before, and serves none after', async () => {
    const isolates = await answersOf(ISOLATE, 5);
    expect(new Set(isolates).size).toBe(5);
  });

  it('shares none with runs that are served by a warm one, before or after', async () => {
    const source = `${ISOLATE} // shared`;
    const warm = await host.run(source);
    await sleep(PREPARED_MS);
    const own = await alone(source);
    await sleep(PREPARED_MS);
    const after = await host.run(source);
    expect(own.resultJson).not.toBe(warm.resultJson);
    expect(own.resultJson).not.toBe(after.resultJson);
  });

  it.each([
    ['globals', 'globalThis.planted', 'globalThis.planted = true'],
    ['built-ins', '[].planted', 'Array.prototype.planted = true'],
    ['a frozen built-in', 'Object.isFrozen(Map.prototype)', 'Object.freeze(Map.prototype)'],
    ['a core module', "require('util').planted", "require('util').planted = true"],
    ['a driver', "require('pg').defaults.planted", "require('pg').defaults.planted = true"],
    ['a class of a driver', "require('pg').Client.prototype.planted", "require('pg').Client.prototype.planted = true"],
    ['what a package keeps for itself', "require('lodash').uniqueId() !== '1'", "require('lodash').uniqueId()"],
    ['process', 'process.planted', 'process.planted = true'],
    ['a timer', 'globalThis.late', 'setTimeout(() => { globalThis.late = true }, 20)'],
  ])('finds nothing that an earlier one has planted in %s', async (_where, look, plant) => {
    const source = `async function login() { const found = Boolean(${look}); ${plant}; return found }`;
    expect(await answersOf(source, 3)).toEqual([false, false, false]);
  });

  it('finds nothing of an earlier one after that one ended badly', async () => {
    const source = `async function login(what) { if (globalThis.planted) return 'found'; globalThis.planted = true; if (what === 'hang') await new Promise(() => {}); if (what === 'loop') for (;;) {} return 'nothing' }`;
    for (const what of ['hang', 'loop', 'end']) {
      const { outcome, resultJson } = await alone(source, { args: [what], timeoutMs: what === 'end' ? 20_000 : 300 });
      expect([outcome, resultJson]).toEqual(what === 'end' ? ['completed', '"nothing"'] : ['timed_out', undefined]);
    }
  });

  it('has another one than a run at the same time', async () => {
    const source = `async function login() { globalThis.mine = (globalThis.mine ?? 0) + 1; await new Promise((r) => setTimeout(r, 100)); return globalThis.mine }`;
    const both = await Promise.all([alone(source), alone(source)]);
    expect(both.map(({ resultJson }) => resultJson)).toEqual(['1', '1']);
  });

  it('gets one although more come at a time than are ready', async () => {
    // Counted in the isolate, since two may begin in the same millisecond.
    const source = `async function login() { globalThis.runs = (globalThis.runs ?? 0) + 1; await new Promise((r) => setTimeout(r, 100)); return globalThis.runs }`;
    const burst = await Promise.all(Array.from({ length: 12 }, () => alone(source)));
    expect(burst.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 12 }, () => 'completed'));
    expect(burst.map(({ resultJson }) => resultJson)).toEqual(Array.from({ length: 12 }, () => '1'));
  });

  it('has the drivers that only its runs tell of', async () => {
    const source = `async function login() { return typeof require(['lod', 'ash'].join('')).chunk }`;
    expect(await answersOf(source, 3)).toEqual(['function', 'function', 'function']);
  });

  it('has the memory that it asks for, whatever the one before had', async () => {
    const source = 'async function login() { const held = []; for (;;) held.push(new Array(1e5).fill(held.length)) }';
    const { outcome: before } = await alone(ISOLATE, { memoryLimitBytes: 256 * 1024 * 1024 });
    const { outcome, error } = await alone(source, { memoryLimitBytes: 32 * 1024 * 1024 });
    expect([before, outcome, error?.message]).toEqual([
      'completed',
      'out_of_memory',
      'The script used more than 32 MB of memory',
    ]);
  });
});

describe('every package', () => {
  const files = loadRuntimeFiles(join(import.meta.dirname, '../../../dist/runtime'));
  it.each([...files.packages.keys()])('%s can be evaluated before a run, and says nothing then', async (name) => {
    const options = { memoryLimitBytes: 128 * 1024 * 1024, isSingle: true, onCatastrophe: () => undefined };
    const slot = await createSlot(files, options);
    await slot.loadPackage(name);
    expect(await slot.evaluatePackages([name])).toBe(true);
    await slot.dispose(1_000);
  });

  it('that speaks before a run is noticed', async () => {
    const options = { memoryLimitBytes: 128 * 1024 * 1024, isSingle: true, onCatastrophe: () => undefined };
    const slot = await createSlot(files, options);
    // Its bundle was not brought, so it is asked for.
    expect(await slot.evaluatePackages(['pg'])).toBe(false);
    await slot.dispose(1_000);
  });
});

it('an isolate for a single run cannot be made ready for another', async () => {
  const files = loadRuntimeFiles(join(import.meta.dirname, '../../../dist/runtime'));
  const options = { memoryLimitBytes: 128 * 1024 * 1024, onCatastrophe: () => undefined };
  for (const isSingle of [true, false]) {
    const slot = await createSlot(files, { ...options, isSingle });
    expect(await slot.reset()).toBe(!isSingle);
    await slot.dispose(1_000);
  }
});
