import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareRuntimeFolder, type RuntimeFolder } from '../runtime/runtime-folder.ts';
import { fakeRuntime, readableLog, startTestSandbox, temporaryFolder } from '../testing/test-sandbox.ts';
import { chooseWalls } from './choose-walls.ts';
import { probeWalls, standingWalls } from './probe.ts';
import { requireLevel, requireWalls } from './require-level.ts';
import { claimUserIds } from './user-ids.ts';
import { type WallChain, wallChains } from './wall-chain.ts';

const folder = temporaryFolder();
let runtime: RuntimeFolder;
beforeAll(async () => {
  const runtimeFolder = fakeRuntime(folder.path);
  runtime = await prepareRuntimeFolder({ runtimeFolder, stateFolder: folder.path, nodeBinary: process.execPath });
});
afterAll(() => folder.remove());

const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;

describe('walls', () => {
  it('are counted only where the kernel shows them: a plain child has none', async () => {
    const plain = wallChains(runtime).at(-1);
    if (plain === undefined) throw new Error('there is always a plain chain');
    const { walls, missing } = standingWalls(await probeWalls(plain, 0));
    expect(walls).toEqual([]);
    expect(missing).toContain('network');
  });

  it('that are fewer than required keep everything from starting; the missing ones are named, with what lets them stand', async () => {
    const stands = { level: 'reduced', walls: ['network'], missing: ['memory', 'system_calls'] } as const;
    expect(() => requireLevel(stands, 'reduced')).not.toThrow();
    expect(() => requireLevel(stands, 'full')).toThrow(
      /is reduced on this machine, and full is required; missing: memory \(.*Delegate=yes.*\); system_calls \(have perl/,
    );
    const runtimeFolder = fakeRuntime(folder.path);
    const options = { runtimeFolder, stateFolder: folder.path, useCgroups: false, requiredLevel: 'full' } as const;
    await expect(startTestSandbox(options)).rejects.toThrow('full is required; missing: ');
  });

  it('that are required by name keep everything from starting where they are missing, whatever the level', async () => {
    const stands = { level: 'reduced', walls: ['network', 'files'], missing: ['memory', 'processes'] } as const;
    expect(() => requireWalls(stands, ['network', 'files'])).not.toThrow();
    expect(() => requireWalls(stands, ['network', 'processes'])).toThrow(
      /do not stand on this machine: processes \(.*unprivileged user namespaces.*\)$/,
    );
    const runtimeFolder = fakeRuntime(folder.path);
    const options = { runtimeFolder, stateFolder: folder.path, useCgroups: false, requiredWalls: ['memory'] } as const;
    await expect(startTestSandbox(options)).rejects.toThrow('do not stand on this machine: memory (');
  });

  it('are reported with what is missing, in the log too', async () => {
    const { log, entries } = readableLog();
    const { level } = await chooseWalls(wallChains(runtime), { uid: 65_533, cgroups: undefined, log });
    const logged = entries.find(({ facts }) => 'walls' in facts)?.facts;
    expect(logged).toMatchObject({ sandboxLevel: level.level, walls: level.walls, missing: level.missing });
    expect(level.walls.length + level.missing.length).toBeGreaterThan(0);
  });

  /** The plain chain, of whose first programs so many do not answer. */
  const slowChain = (slowTimes: number): WallChain => {
    const [plain] = wallChains(runtime).slice(-1);
    if (plain === undefined) throw new Error('there is always a plain chain');
    let started = 0;
    const command: WallChain['command'] = (...given) => {
      started += 1;
      return started > slowTimes
        ? plain.command(...given)
        : { file: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
    };
    return { ...plain, name: 'slow', command };
  };

  it('that a busy machine was too slow to raise are tried again', async () => {
    const { log, entries } = readableLog();
    const chains = [slowChain(1), slowChain(0)];
    const probing = { uid: 65_533, cgroups: undefined, log, timeoutMs: 3_000 };
    expect((await chooseWalls(chains, probing)).chain).toBe(chains[0]);
    expect(entries).toContainEqual({
      facts: { chain: 'slow', groups: [], reason: 'no answer within 3000 ms' },
      message: 'sandbox walls that did not answer in time',
    });
  });

  it('of which nothing is known in the end are not replaced by weaker ones: nothing starts', async () => {
    const chains = [slowChain(100), slowChain(0)];
    const probing = { uid: 65_533, cgroups: undefined, log: readableLog().log, timeoutMs: 50 };
    await expect(chooseWalls(chains, probing)).rejects.toThrow(
      'it is not known which sandbox walls can be raised: the machine may be too busy; a program behind "slow" was started 3 times: no answer within 50 ms',
    );
  });

  it.runIf(isLinuxRoot)('are all up for root: no network, process, file, identity or privilege is left', async () => {
    const [strongest] = wallChains(runtime);
    if (strongest === undefined) throw new Error('there is always a chain');
    const report = await probeWalls(strongest, 65_533);
    expect(standingWalls(report)).toEqual({
      walls: [
        'network',
        'processes',
        'files',
        'ipc',
        'identity',
        'privileges',
        'process_count',
        'core_dumps',
        'system_calls',
      ],
      missing: [],
    });
    expect(report.uids).toEqual([65_533, 65_533, 65_533, 65_533]);
    expect(report.root.sort()).not.toContain('etc');
  });
});

describe('user ids', () => {
  const range = { first: 4_000_000, count: 64 };

  it('belong to one claim at a time, and are free again after it', async () => {
    const first = await claimUserIds(32, range);
    const second = await claimUserIds(32, range);
    const uids = Array.from({ length: 32 }, () => [first.take(), second.take()]).flat();
    expect(new Set(uids).size).toBe(64);
    expect(() => first.take()).toThrow('taken');
    await expect(claimUserIds(32, range)).rejects.toThrow('no 32 user ids are free');
    await first.close();
    const third = await claimUserIds(32, range);
    await Promise.all([second.close(), third.close()]);
  });

  it.runIf(isLinuxRoot)(
    'that are too few for all isolate hosts keep everything from starting, and it is said why',
    async () => {
      const options = { runtimeFolder: fakeRuntime(folder.path), stateFolder: folder.path, uidRange: range };
      await expect(startTestSandbox({ ...options, maxHosts: 33 })).rejects.toThrow(
        'there cannot be 33 isolate hosts, each of which takes 2 user ids: no 66 user ids are free from 4000000 to 4000063, only 64',
      );
    },
  );

  it('come back to the end of the line', async () => {
    const ids = await claimUserIds(32, range);
    const uid = ids.take();
    ids.give(uid);
    expect(ids.take()).not.toBe(uid);
    await ids.close();
  });
});
