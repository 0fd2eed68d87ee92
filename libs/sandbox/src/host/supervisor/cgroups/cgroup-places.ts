import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a control group can hold. */
const CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
export type Controller = (typeof CONTROLLERS)[number];

/** The control group that this process is in, as far as one controller goes. */
export type CgroupPlace = { readonly version: 1 | 2; readonly folder: string };
export type CgroupPlaces = Readonly<Partial<Record<Controller, CgroupPlace>>>;

type Mount = { readonly root: string; readonly point: string; readonly type: string; readonly options: string[] };

/** proc(5): id, parent, device, root, mount point, options, optional fields, `-`, type, source, super options. */
const readMount = (line: string): Mount => {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root = '', point = ''] = before.split(' ');
  const [type = '', , options = ''] = after.split(' ');
  const plain = (path: string): string =>
    path.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
  return { root: plain(root), point: plain(point), type, options: options.split(',') };
};

/** Where a group's path, as /proc/self/cgroup tells it, lies under a mount that may show a part of the tree only. */
const folderOf = ({ root, point }: Mount, path: string): string => {
  const below = root === '/' ? path : path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : '';
  const folder = join(point, below);
  return existsSync(folder) ? folder : point;
};

const controllersOf = (folder: string): string[] => {
  try {
    return readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(/\s+/);
  } catch {
    return [];
  }
};

/** Finds the groups of this process from the texts of /proc/self/mountinfo and /proc/self/cgroup. */
export const findCgroupPlaces = (mountinfo: string, ownGroups: string): CgroupPlaces => {
  const mounts = mountinfo.split('\n').map(readMount);
  // hierarchy:controllers:path, with nothing between the colons for version 2
  const paths = ownGroups.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line)?.slice(1) ?? ['?', '']);
  const pathOf = (controller: string): string | undefined =>
    paths.find(([names = '']) => names.split(',').includes(controller))?.[1];
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  const place = (controller: Controller): CgroupPlace | undefined => {
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
    const path = pathOf(controller);
    if (mount !== undefined && path !== undefined) return { version: 1, folder: folderOf(mount, path) };
    const folder = unified && folderOf(unified, pathOf('') ?? '/');
    return folder !== undefined && controllersOf(folder).includes(controller) ? { version: 2, folder } : undefined;
  };
  return Object.fromEntries(
    CONTROLLERS.flatMap((controller) => {
      const found = place(controller);
      return found === undefined ? [] : [[controller, found]];
    }),
  );
};

/** The groups of this process; none where there are no control groups. */
export const ownCgroupPlaces = (): CgroupPlaces => {
  try {
    return findCgroupPlaces(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return {};
  }
};
