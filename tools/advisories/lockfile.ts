import { z } from 'zod';
import type { Used } from './floors.ts';

const names = z.record(z.string(), z.string()).default({});

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      link: z.boolean().default(false),
      resolved: z.string().optional(),
      dependencies: names,
      devDependencies: names,
      optionalDependencies: names,
      peerDependencies: names,
    }),
  ),
});

export type Lockfile = z.infer<typeof lockfile>;

export const parseLockfile = (text: string): Lockfile => lockfile.parse(JSON.parse(text));

/** Where a package of that name is found from a place, as Node looks for it; a link leads to its workspace. */
const find = ({ packages }: Lockfile, name: string, from: string): string | undefined => {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/')))) {
    const place = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
    const found = packages[place];
    if (found !== undefined) return found.link ? found.resolved : place;
    if (base === '') return undefined;
  }
};

const GUEST = 'libs/sandbox';

/** What scripts may require is built into the sandbox's own code: development dependencies there, and shipped all the same. */
const bundled = ({ packages }: Lockfile): readonly string[] =>
  Object.keys(packages[GUEST]?.devDependencies ?? {}).filter((name) => !/^@(types|userferry)\//.test(name));

/** The places of all packages that a deployment runs: the services', and what the sandbox brings for scripts. */
export const shippedPlaces = (lock: Lockfile): ReadonlySet<string> => {
  const shipped = new Set<string>();
  const open = Object.keys(lock.packages).filter((place) => /^apps\/[^/]+$/.test(place));
  const reach = (wanted: readonly string[], from: string): void => {
    for (const name of wanted) {
      const place = find(lock, name, from);
      if (place !== undefined && !shipped.has(place)) open.push(place);
    }
  };
  reach(bundled(lock), GUEST);
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (shipped.has(place)) continue;
    shipped.add(place);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = lock.packages[place] ?? {};
    reach(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }), place);
  }
  return shipped;
};

/** The engine as the lockfile brings it. Deployments run Linux; the Node for macOS is for trying things out. */
export const engineOf = ({ packages }: Lockfile): readonly Used[] => {
  const nodes = Object.keys(packages['']?.optionalDependencies ?? {}).filter((name) =>
    /^node-(bin-)?\w+-\w+$/.test(name),
  );
  const used = (name: Used['name'], place: string, ships: boolean): Used[] => {
    const version = packages[place]?.version;
    return version === undefined ? [] : [{ name, version, where: place.replace('node_modules/', ''), ships }];
  };
  return [
    ...used('isolated-vm', 'node_modules/isolated-vm', true),
    ...nodes.flatMap((name) => used('node', `node_modules/${name}`, name.includes('linux'))),
  ];
};
