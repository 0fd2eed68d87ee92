/** A module is loaded when a script requires it, and not before: what is loaded takes room on the heap. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.stop());

const KIB = 1024;
/** What is yet to be collected comes on top, and differs from run to run. */
const RUNS = 8;
/** Fills V8's young generation twice, so that it is collected: what making the isolate has left there would count as well. */
const COLLECT = 'for (let n = 0; n < 64; n++) new Array(8000).fill(n)';

/** Bytes of the heap after runs in an isolate of its own, at the least. */
async function heapAfter(body: string): Promise<number> {
  const source = `async function login() { ${COLLECT}; ${body}; return null }`;
  const seen: number[] = [];
  for (let n = 0; n < RUNS; n += 1) {
    const { outcome, usage } = await host.run(source, { timeoutMs: 30_000, memoryLimitBytes: 256 * KIB * KIB });
    expect(outcome).toBe('completed');
    seen.push(usage.heapBytes);
  }
  return Math.min(...seen);
}

describe('on the heap of an isolate', () => {
  let empty: number;
  beforeAll(async () => {
    empty = await heapAfter('');
  });

  it.each(['pg', 'mysql2', 'mongodb', 'mssql', 'lodash', 'lodash/get', 'lodash/fp'])(
    '%s is there when it is required',
    async (name) => {
      expect(await heapAfter(`require('${name}')`)).toBeGreaterThan(empty + 100 * KIB);
    },
  );

  it('no other package is there than the one that the script requires', async () => {
    const one = await heapAfter(`require('lodash')`);
    const two = await heapAfter(`require('lodash'); require('mssql')`);
    expect(two).toBeGreaterThan(one + 100 * KIB);
    expect(empty).toBeLessThan(one);
  });

  it('a function of lodash by itself brings all of lodash, once, and nothing of lodash/fp', async () => {
    const whole = await heapAfter(`require('lodash')`);
    expect(await heapAfter(`require('lodash'); require('lodash/get')`)).toBeLessThan(whole + 20 * KIB);
    expect(await heapAfter(`require('lodash/fp')`)).toBeGreaterThan(whole);
  });

  it('a package is not there when the source names it and the run does not get to it', async () => {
    // Its text is brought along, but nothing of it has run.
    const named = await heapAfter(`if (Date.now() < 0) require('mssql')`);
    expect(await heapAfter(`require('mssql')`)).toBeGreaterThan(named + 500 * KIB);
  });

  it('a package is there when its name is only made in the run', async () => {
    expect(await heapAfter(`require(['mss', 'ql'].join(''))`)).toBeGreaterThan(empty + 100 * KIB);
  });
});
