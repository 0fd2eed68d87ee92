import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One control group of one host, under one controller. */
export type Group = { readonly version: 1 | 2; readonly folder: string };

/** Writes one of a group's files, which is there already: the kernel takes each write as a whole. */
const write = ({ folder }: Group, file: string, value: number | string): void =>
  writeFileSync(join(folder, file), String(value));

const readNumber = ({ folder }: Group, file: string): number | undefined => {
  try {
    return Number(readFileSync(join(folder, file), 'utf8').trim());
  } catch {
    return undefined;
  }
};

const quietly = (act: () => void): void => {
  try {
    act();
  } catch {
    // Not every kernel has every file.
  }
};

const MEMORY_FILES = {
  1: { limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', events: 'memory.oom_control' },
  2: { limit: 'memory.max', used: 'memory.current', events: 'memory.events' },
} as const;

/** Bytes that the group's processes hold now, page cache included. */
export const memoryUsed = (group: Group): number => readNumber(group, MEMORY_FILES[group.version].used) ?? 0;

/** Sets the limit: reached, the kernel kills what is in the group. Throws what the kernel answers. */
export const limitMemory = (group: Group, bytes: number): void => {
  if (group.version === 2) {
    quietly(() => write(group, 'memory.swap.max', 0));
    quietly(() => write(group, 'memory.oom.group', 1));
    write(group, MEMORY_FILES[2].limit, bytes);
    return;
  }
  // Memory and swap together may not be less than memory: whichever way the limit goes, one of the two comes first.
  const both = (): void => quietly(() => write(group, 'memory.memsw.limit_in_bytes', bytes));
  both();
  write(group, MEMORY_FILES[1].limit, bytes);
  both();
};

/** Did the kernel kill anything in the group for its memory? */
export const killedForMemory = (group: Group): boolean => {
  try {
    const events = readFileSync(join(group.folder, MEMORY_FILES[group.version].events), 'utf8');
    return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0) > 0;
  } catch {
    return false;
  }
};

/** Processes and threads that may be in the group. */
export const limitPids = (group: Group, count: number): void => write(group, 'pids.max', count);

/** Where a group cannot be told to take only what others leave (before Linux 5.15), it gets so much. */
const LITTLE_SHARE = 0.3;

const writeShare = (group: Group, share: number): void =>
  group.version === 2
    ? write(group, 'cpu.weight', Math.max(1, Math.round(100 * share)))
    : write(group, 'cpu.shares', Math.max(2, Math.round(1024 * share)));

/** Whoever else wants the processor has it at once. */
const setCpuIdle = (group: Group, idle: boolean): void => quietly(() => write(group, 'cpu.idle', idle ? 1 : 0));

/** The share of a processor against other groups: 1 is a group's ordinary one, 0 is what others leave. */
export const setCpuShare = (group: Group, share: number): void => {
  // A share can be written only while the group is not idle.
  setCpuIdle(group, false);
  writeShare(group, share || LITTLE_SHARE);
  if (share === 0) setCpuIdle(group, true);
};
