import { createSandbox, defaultStateFolder, type Sandbox } from '@userferry/sandbox';
import type { Effort, Figures } from './compare-logins.ts';
import { watchHostMemory } from './host-memory.ts';
import { MEMORY_ATTACKS, scriptOf } from './hostile-scripts.ts';
import { runOf, runtimeFolder, silent } from './sandbox-runs.ts';
import { rounded } from './statistics.ts';

const MIB = 1024 * 1024;
const LIMIT_BYTES = 64 * MIB;
const TIMEOUT_MS = 5_000;
/** Some of the worst, where there is little time. */
const QUICK_ATTACKS = ['map', 'huge_array', 'array_buffers'];

/**
 * How far beyond its limit a script of 64 MB gets its isolate host: the highest resident memory of any host during each
 * attack, held by a control group and by the watchdog, ÷ the limit. `quiet` is an ordinary run's.
 */
export const scriptMemory = async (effort: Effort): Promise<Figures> => {
  const names = effort.pairs < 50 ? QUICK_ATTACKS : Object.keys(MEMORY_ATTACKS);
  return {
    ...(await measured('cgroup', names)),
    ...(await measured('watchdog', names)),
  };
};

const measured = async (holder: 'cgroup' | 'watchdog', names: readonly string[]): Promise<Figures> => {
  const options = { runtimeFolder, stateFolder: defaultStateFolder(), egress: { allow: [] }, log: silent };
  const sandbox = await createSandbox({ ...options, blankHosts: 1, useCgroups: holder === 'cgroup' });
  try {
    if (holder === 'cgroup' && !sandbox.level.walls.includes('memory')) return {};
    const quiet = await peakOf(sandbox, 'return 1');
    const peaks: [string, number][] = [];
    for (const name of names) peaks.push([name, await peakOf(sandbox, MEMORY_ATTACKS[name] ?? '')]);
    const [worst, bytes] = peaks.reduce((most, each) => (each[1] > most[1] ? each : most));
    console.log(`  ${holder}: the worst was ${worst}`);
    const ratios = peaks.map(([name, peak]) => [`${holder}_${name}_ratio`, rounded(peak / LIMIT_BYTES)] as const);
    return {
      [`${holder}_quiet_mb`]: rounded(quiet / MIB),
      [`${holder}_peak_mb`]: rounded(bytes / MIB),
      [`${holder}_peak_ratio`]: rounded(bytes / LIMIT_BYTES),
      ...Object.fromEntries(ratios),
    };
  } finally {
    await sandbox.close();
  }
};

/** The most that any isolate host of this process had, in bytes, while the script ran and for a moment after. */
const peakOf = async (sandbox: Sandbox, body: string): Promise<number> => {
  const watch = watchHostMemory(process.pid);
  await sandbox.run(runOf({ source: scriptOf(body), timeoutMs: TIMEOUT_MS, memoryLimitBytes: LIMIT_BYTES }));
  await new Promise((resolve) => setTimeout(resolve, 300));
  return watch.stop();
};
