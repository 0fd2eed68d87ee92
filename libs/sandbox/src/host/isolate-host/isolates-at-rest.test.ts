import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REST } from './limits.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const MIB = 1024 * 1024;

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

/** Holds some 20 MB for as long as it runs, if it is told to. */
const SCRIPT = `
  const makeMany = (count) => Array.from({ length: count }, (_, n) => ({ n, of: [n] }));
  async function login(count) {
    const many = makeMany(count);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return [many.length, typeof gc, Object.getOwnPropertyNames(globalThis).includes('gc')];
  }`;

const login = async (count: number) => {
  const { outcome, resultJson, usage } = await host.run(SCRIPT, { args: [count] });
  expect(outcome).toBe('completed');
  return { result: JSON.parse(resultJson as string), heapBytes: usage.heapBytes };
};
/** Of a run what is told is what the heap held after the one before it. */
const heapAfterLast = async (): Promise<number> => (await login(0)).heapBytes;

describe('a warm isolate in which nobody has run for a while', () => {
  it('gives back what its runs have left', async () => {
    for (let run = 1; run < REST.firstRuns; run += 1) await login(0);
    await login(200_000);
    expect(await heapAfterLast()).toBeGreaterThan(20 * MIB);
    await sleep(REST.ms + 500);
    await login(0);
    expect(await heapAfterLast()).toBeLessThan(10 * MIB);
  });

  it('shows no script how', async () => {
    await sleep(REST.ms + 500);
    expect((await login(0)).result).toEqual([0, 'undefined', false]);
  });
});
