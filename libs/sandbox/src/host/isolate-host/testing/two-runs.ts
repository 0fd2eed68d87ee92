/** Runs a script twice in one isolate, to see what the second run meets of the first. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { RunOptions, TestHost } from './start-host.ts';

const READY_AGAIN_MS = 300;
const MEMORY = 192 * 1024 * 1024;
let versions = 0;

export type Told = { readonly isolate: number; readonly told: unknown };

export type TwoRuns = {
  /** What `source`, whose `act` is told the number of the run, gives in two runs, which one isolate serves if it is fit for it. */
  inTwoRuns(source: string, options?: RunOptions): Promise<readonly [Told, Told]>;
  /** What the second run is told, in the isolate of the first. */
  toldNext(source: string, options?: RunOptions): Promise<unknown>;
};

export function createTwoRuns(host: () => TestHost): TwoRuns {
  const inTwoRuns: TwoRuns['inTwoRuns'] = async (source, options = {}) => {
    const told: Told[] = [];
    const whole = `// version ${versions++}\n${source}
      async function login(run, ...given) { const told = await act(run, ...given); return { told: told ?? null, isolate: performance.timeOrigin } }`;
    for (const run of [1, 2]) {
      if (run > 1) await sleep(READY_AGAIN_MS);
      const given = { timeoutMs: 20_000, memoryLimitBytes: MEMORY, ...options, args: [run, ...(options.args ?? [])] };
      const { resultJson, error } = await host().run(whole, given);
      expect(error).toBeUndefined();
      told.push(JSON.parse(resultJson as string) as Told);
    }
    return told as unknown as readonly [Told, Told];
  };

  return {
    inTwoRuns,
    async toldNext(source, options) {
      const [first, second] = await inTwoRuns(source, options);
      expect(second.isolate).toBe(first.isolate);
      return second.told;
    },
  };
}
