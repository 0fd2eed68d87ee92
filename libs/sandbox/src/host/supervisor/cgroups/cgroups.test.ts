import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/test-sandbox.ts';
import { findCgroupPlaces, ownCgroupPlaces } from './cgroup-places.ts';
import { openCgroups } from './cgroups.ts';
import { killedForMemory, limitMemory, setCpuShare } from './group-files.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const MIB = 1024 * 1024;
const LIMITS = { memoryBytes: 64 * MIB, pids: 8 };

/** A folder as the kernel shows one, as far as files go: what is written can be read, nothing is enforced. */
const fakeGroup = (name: string, files: Readonly<Record<string, string>> = {}): string => {
  const path = join(folder.path, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
};
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8').trim();

describe('the control groups of this process', () => {
  const mount = (point: string, type: string, options: string, root = '/'): string =>
    `35 31 0:32 ${root} ${point} rw,relatime shared:7 - ${type} ${type} rw,${options}`;

  it('are found in version 1, one folder for each controller', () => {
    const [memory, pids] = [fakeGroup('v1/memory'), fakeGroup('v1/pids')];
    fakeGroup('v1/memory/service');
    const mountinfo = [mount(memory, 'cgroup', 'memory'), mount(pids, 'cgroup', 'pids')].join('\n');
    expect(findCgroupPlaces(mountinfo, '4:memory:/service\n8:pids:/\n0::/')).toEqual({
      memory: { version: 1, folder: join(memory, 'service') },
      pids: { version: 1, folder: join(pids, '/') },
    });
  });

  it('are found in version 2, with the controllers that were handed down', () => {
    const root = fakeGroup('v2');
    const service = fakeGroup('v2/service', { 'cgroup.controllers': 'cpu memory' });
    expect(findCgroupPlaces(mount(root, 'cgroup2', ''), '0::/service')).toEqual({
      memory: { version: 2, folder: service },
      cpu: { version: 2, folder: service },
    });
  });

  it('are found where a container shows its own part of the tree as the whole', () => {
    const root = fakeGroup('container', { 'cgroup.controllers': 'memory' });
    fakeGroup('container/part');
    const places = findCgroupPlaces(mount(root, 'cgroup2', '', '/docker/1'), '0::/docker/1/part');
    expect(places).toEqual({});
    expect(findCgroupPlaces(mount(root, 'cgroup2', '', '/docker/1'), '0::/docker/1')).toEqual({
      memory: { version: 2, folder: root },
    });
    expect(findCgroupPlaces(mount(root, 'cgroup2', ''), '0::/elsewhere').memory?.folder).toBe(root);
  });
});

describe('version 2', () => {
  it('hands controllers down, makes a host’s group and writes its limits', () => {
    const place = { version: 2, folder: fakeGroup('tree') } as const;
    const cgroups = openCgroups({ memory: place, pids: place, cpu: place }, expect.unreachable);
    const host = cgroups?.add(LIMITS);
    const [own = ''] = readdirSync(place.folder).filter((name) => name.startsWith('userferry-hosts-'));
    expect(read(place.folder, 'cgroup.subtree_control')).toBe('+memory +pids +cpu');
    expect(read(place.folder, own, 'cgroup.subtree_control')).toBe('+memory +pids +cpu');
    const group = join(place.folder, own, 'host-1');
    expect(host?.doors).toEqual([join(group, 'cgroup.procs')]);
    const written = ['memory.max', 'memory.swap.max', 'memory.oom.group', 'pids.max'].map((file) => read(group, file));
    expect(written).toEqual([String(64 * MIB), '0', '1', '8']);
    host?.setCpuShare(0.25);
    expect(read(group, 'cpu.weight')).toBe('25');
  });

  it('lets a group have what others leave, and gives it a share again', () => {
    const place = { version: 2, folder: fakeGroup('idle') } as const;
    const host = openCgroups({ cpu: place }, expect.unreachable)?.add(LIMITS);
    const group = host?.doors[0]?.replace(/cgroup.procs$/, '') ?? '';
    const after = (share: number) => {
      host?.setCpuShare(share);
      return [read(group, 'cpu.idle'), read(group, 'cpu.weight')];
    };
    // Where the kernel knows no idle groups, the small weight is what there is.
    expect([after(0), after(1), after(0.3)]).toEqual([
      ['1', '30'],
      ['0', '100'],
      ['0', '30'],
    ]);
  });

  it('lowers a limit no further than to what is held already', () => {
    const place = { version: 2, folder: fakeGroup('lower') } as const;
    const host = openCgroups({ memory: place }, expect.unreachable)?.add(LIMITS);
    const group = host?.doors[0]?.replace(/cgroup.procs$/, '') ?? '';
    host?.limitMemory(256 * MIB);
    writeFileSync(join(group, 'memory.current'), String(100 * MIB));
    host?.limitMemory(80 * MIB);
    expect(read(group, 'memory.max')).toBe(String(100 * MIB));
  });

  it('tells of a kill for memory, and of no other', () => {
    const group = {
      version: 2,
      folder: fakeGroup('events', { 'memory.events': 'low 0\noom 3\noom_kill 0\n' }),
    } as const;
    expect(killedForMemory(group)).toBe(false);
    writeFileSync(join(group.folder, 'memory.events'), 'low 0\noom 3\noom_kill 1\noom_group_kill 1\n');
    expect(killedForMemory(group)).toBe(true);
    limitMemory(group, 1);
    expect(read(group.folder, 'memory.max')).toBe('1');
  });
});

it('a controller that may not be used is left out, and said to be', () => {
  const refused: string[] = [];
  const places = {
    memory: { version: 1, folder: fakeGroup('open') },
    pids: { version: 1, folder: join(folder.path, 'not there') },
  } as const;
  expect(openCgroups(places, (controller) => refused.push(controller))?.controllers).toEqual(['memory']);
  expect(refused).toEqual(['pids']);
});

/** Control groups that really hold something; not every machine lets its tests have them. */
const real = openCgroups(ownCgroupPlaces(), () => {});
afterAll(() => real?.close());

describe.runIf(real?.controllers.includes('cpu'))('the kernel’s processors', () => {
  it('are a group’s to its share again after it had what others left', () => {
    const { version = 2, folder: place = '' } = ownCgroupPlaces().cpu ?? {};
    const cpu = { version, folder: mkdtempSync(join(place, 'userferry-test-')) };
    const weight = (): string => read(cpu.folder, version === 2 ? 'cpu.weight' : 'cpu.shares');
    const ordinary = weight();
    for (const share of [0, 1, 0, 0, 1]) setCpuShare(cpu, share);
    expect(weight()).toBe(ordinary);
    rmdirSync(cpu.folder);
  });
});

describe.runIf(real?.controllers.includes('memory'))('the kernel’s control groups', () => {
  const eat = (doors: readonly string[]) =>
    spawn('sh', ['-c', 'for d; do echo 0 > "$d"; done; exec "$NODE" -e "$PROGRAM"', 'sh', ...doors], {
      env: { NODE: process.execPath, PROGRAM: 'const a = []; for (;;) a.push(Buffer.alloc(1 << 20, 1));' },
      stdio: 'ignore',
    });

  it('kills what passes its limit, tells so, and nothing is left behind', async () => {
    const host = real?.add({ ...LIMITS, pids: 64 });
    if (host === undefined) throw new Error('it was there');
    const [, signal] = await once(eat(host.doors), 'exit');
    expect(signal).toBe('SIGKILL');
    expect(host.killedForMemory()).toBe(true);
    const groups = host.doors.map((door) => door.replace(/\/cgroup.procs$/, ''));
    expect(groups.every((group) => existsSync(group))).toBe(true);
    await host.remove();
    expect(groups.filter((group) => existsSync(group))).toEqual([]);
  });

  it('keeps the folders of a supervisor that was killed until the next one starts', async () => {
    const memory = ownCgroupPlaces().memory?.folder ?? '';
    // A pid and a beginning that no process has.
    const abandoned = join(memory, 'userferry-hosts-4194303-1-0a');
    mkdirSync(join(abandoned, 'host-1'), { recursive: true });
    const next = openCgroups(ownCgroupPlaces(), () => {});
    expect(existsSync(abandoned)).toBe(false);
    expect(next?.controllers).toContain('memory');
  });
});
