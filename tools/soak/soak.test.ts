import { expect, it } from 'vitest';
import { soak } from './soak.ts';

const isLinux = process.platform === 'linux';

it.runIf(isLinux)(
  'among hostile runs every honest one is right, and no process, thread or descriptor is left behind',
  async () => {
    const result = await soak({ runs: 200, minutes: 1, reportEvery: 1_000, report: () => undefined });
    expect(result.wrong).toEqual([]);
    expect(result.honest).toBeGreaterThan(20);
    expect(result.hostile).toBeGreaterThan(2);
    expect(result.after.children).toBe(0);
    expect(result.after.threads).toBeLessThanOrEqual(result.before.threads);
    expect(result.after.descriptors).toBeLessThanOrEqual(result.before.descriptors);
    expect(result.after.heapMb - result.before.heapMb).toBeLessThan(100);
  },
  240_000,
);
