/** Below which version of each line a known hole of the sandbox's engine is open. Raised by hand with every fix. */
export type Floor = {
  readonly name: 'isolated-vm' | 'node';
  /** Per major version the lowest one that has the fix. */
  readonly lowest: Readonly<Record<number, string>>;
  readonly source: string;
};

const FLOORS: readonly Floor[] = [
  {
    name: 'isolated-vm',
    lowest: { 6: '6.2.0', 7: '7.0.1' },
    source: 'GHSA-864f-rcv7-6rh4: type confusion in ExternalCopy, an escape from the isolate',
  },
  {
    // V8 comes with Node: its fixes arrive as releases of Node, and nobody else says which Node has which.
    name: 'node',
    lowest: { 22: '22.23.2', 24: '24.18.1' },
    source: 'the Node.js security release of July 2026: CVE-2026-56846, CVE-2026-56848, CVE-2026-58043 and others',
  },
];

/** A version that is somewhere in use; `ships` when a deployment runs it. */
export type Used = {
  readonly name: Floor['name'];
  readonly version: string;
  readonly where: string;
  readonly ships: boolean;
};

const numbersOf = (version: string): readonly number[] => version.split('-')[0]?.split('.').map(Number) ?? [];

const isBelow = (version: string, floor: string): boolean => {
  const [has, needs] = [numbersOf(version), numbersOf(floor)];
  const place = needs.findIndex((number, at) => number !== has[at]);
  return place !== -1 && !((has[place] ?? 0) > (needs[place] ?? 0));
};

/** What is wrong with a version, in a sentence; `undefined` for nothing. A line without a floor is nothing to trust. */
export const floorProblem = ({ name, version, where }: Used, floors = FLOORS): string | undefined => {
  const floor = floors.find((each) => each.name === name);
  const lowest = floor?.lowest[numbersOf(version)[0] ?? 0];
  const what = `${name} ${version} (${where})`;
  if (floor === undefined || lowest === undefined)
    return `${what}: no floor is known for this line; look up its security releases and enter one in floors.ts`;
  return isBelow(version, lowest) ? `${what} is below ${lowest}: ${floor.source}` : undefined;
};
