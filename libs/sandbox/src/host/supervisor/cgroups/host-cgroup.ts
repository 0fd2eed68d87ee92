import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Controller } from './cgroup-places.ts';
import { type Group, killedForMemory, limitMemory, limitPids, memoryUsed, setCpuShare } from './group-files.ts';
import { removeFolder } from './remove-folder.ts';

/** The control groups of one isolate host. */
export type HostCgroup = {
  /** The files that a process writes `0` into to come in. */
  readonly doors: readonly string[];
  readonly holdsMemory: boolean;
  /** From now on its memory may be so much: never less than it holds already, which would kill it for its past. */
  limitMemory(bytes: number): void;
  /** Did the kernel kill it for its memory? */
  killedForMemory(): boolean;
  /** Its share of the processors against other hosts: 1 is the ordinary one, 0 is what they leave. */
  setCpuShare(share: number): void;
  /** Call it when the host is gone. */
  remove(): Promise<void>;
};

/** The change of a share that makes a difference. */
const WORTH_WRITING = 0.1;

const within = (groups: ReadonlyMap<Controller, Group>, name: string) =>
  new Map([...groups].map(([controller, group]) => [controller, { ...group, folder: join(group.folder, name) }]));

/** Makes them, with limits set, before anything is in them. Throws what the kernel answers. */
export const createHostCgroup = (
  parents: ReadonlyMap<Controller, Group>,
  name: string,
  limits: { readonly memoryBytes: number; readonly pids: number },
): HostCgroup => {
  const groups = within(parents, name);
  const folders = [...new Set([...groups.values()].map(({ folder }) => folder))];
  for (const folder of folders) mkdirSync(folder);
  const [memory, pids, cpu] = [groups.get('memory'), groups.get('pids'), groups.get('cpu')];
  let limit = limits.memoryBytes;
  let cpuShare = 1;
  if (memory !== undefined) limitMemory(memory, limit);
  if (pids !== undefined) limitPids(pids, limits.pids);
  return {
    doors: folders.map((folder) => join(folder, 'cgroup.procs')),
    holdsMemory: memory !== undefined,
    limitMemory(bytes) {
      if (memory === undefined || bytes === limit) return;
      const allowed = bytes > limit ? bytes : Math.max(bytes, memoryUsed(memory));
      try {
        limitMemory(memory, allowed);
        limit = allowed;
      } catch {
        // It is gone, or grew meanwhile: the old limit stays.
      }
    },
    killedForMemory: () => memory !== undefined && killedForMemory(memory),
    setCpuShare(share) {
      if (cpu === undefined || Math.abs(share - cpuShare) <= cpuShare * WORTH_WRITING) return;
      try {
        setCpuShare(cpu, share);
        cpuShare = share;
      } catch {
        // It is gone.
      }
    },
    async remove() {
      await Promise.all(folders.map(removeFolder));
    },
  };
};
