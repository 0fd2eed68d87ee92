import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CgroupPlace, CgroupPlaces, Controller } from './cgroup-places.ts';
import { createHostCgroup, type HostCgroup } from './host-cgroup.ts';
import { removeFolder } from './remove-folder.ts';

/** The control groups of this supervisor's isolate hosts: one folder for all, one below it for each host. */
export type Cgroups = {
  readonly controllers: readonly Controller[];
  /** Makes a host's groups. Throws what the kernel answers. */
  add(limits: { readonly memoryBytes: number; readonly pids: number }): HostCgroup;
  close(): Promise<void>;
};

const PREFIX = 'userferry-hosts-';
const SUPERVISOR = 'userferry-supervisor';

/** Since the boot, in ticks: with the pid it names a process that ever was. Field 22 of proc(5). */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

const isAbandoned = (name: string): boolean => {
  const [, pid = '', start] = /^userferry-hosts-(\d+)-(\d+)-\w+$/.exec(name) ?? [];
  return pid !== '' && startOf(Number(pid)) !== start;
};

/** Removes what supervisors left behind that ended without a chance to clear up. */
const sweep = (folder: string): void => {
  for (const name of readdirSync(folder).filter(isAbandoned)) {
    const abandoned = join(folder, name);
    const hosts = readdirSync(abandoned, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const host of hosts) removeNow(join(abandoned, host.name));
    removeNow(abandoned);
  }
};

const removeNow = (folder: string): void => {
  try {
    rmdirSync(folder);
  } catch {
    // Something still lives in it: the next start sweeps again.
  }
};

const hand = (folder: string, controllers: readonly Controller[]): void =>
  writeFileSync(join(folder, 'cgroup.subtree_control'), controllers.map((name) => `+${name}`).join(' '));

/**
 * Version 2 gives controllers to groups below only where no process is in the group itself, so this process moves one down
 * first. Other processes in the group are not ours to move: then the kernel refuses.
 */
const handDown = (folder: string, controllers: readonly Controller[]): void => {
  try {
    hand(folder, controllers);
  } catch {
    const own = join(folder, SUPERVISOR);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'cgroup.procs'), String(process.pid));
    hand(folder, controllers);
  }
};

const prepare = (place: CgroupPlace, name: string, controllers: readonly Controller[]): string => {
  sweep(place.folder);
  if (place.version === 2) handDown(place.folder, controllers);
  const folder = join(place.folder, name);
  mkdirSync(folder, { recursive: true });
  if (place.version === 2) hand(folder, controllers);
  return folder;
};

/** A service that was started in a folder of ours, by itself or by another of us, makes its folders beside it. */
const beside = (place: CgroupPlace): CgroupPlace =>
  place.folder.endsWith(`/${SUPERVISOR}`) ? { ...place, folder: dirname(place.folder) } : place;

/**
 * Makes this supervisor's folders where it may, and leaves out the controllers that it may not use; `reason` tells of the
 * last of those. `undefined` when there are none.
 */
export const openCgroups = (
  places: CgroupPlaces,
  onRefused: (controller: Controller, reason: string) => void,
): Cgroups | undefined => {
  const name = `${PREFIX}${process.pid}-${startOf(process.pid) ?? 0}-${randomBytes(4).toString('hex')}`;
  const entries = Object.entries(places) as (readonly [Controller, CgroupPlace])[];
  const unified = entries.flatMap(([controller, { version }]) => (version === 2 ? [controller] : []));
  const groups = new Map<Controller, { readonly version: 1 | 2; readonly folder: string }>();
  for (const [controller, place] of entries) {
    try {
      groups.set(controller, { version: place.version, folder: prepare(beside(place), name, unified) });
    } catch (error) {
      onRefused(controller, (error as Error).message);
    }
  }
  if (groups.size === 0) return undefined;
  let last = 0;
  return {
    controllers: [...groups.keys()],
    add(limits) {
      last += 1;
      return createHostCgroup(groups, `host-${last}`, limits);
    },
    async close() {
      await Promise.all([...new Set([...groups.values()].map(({ folder }) => folder))].map(removeFolder));
    },
  };
};
