import type { Entry, EntryState, Lease, TableRules } from './entry.ts';

type Use = { readonly regions: Set<string>; runners: number };

/**
 * The list at a moment: what is configured, what the leases hold, and what was on the list before and drains now.
 * Whatever was on it and is neither any more drains, so that an address that is taken out of the configuration does too.
 */
export const nextEntries = (
  before: ReadonlyMap<string, Entry>,
  leases: Iterable<Lease>,
  rules: TableRules,
  atMs: number,
): ReadonlyMap<string, Entry> => {
  const uses = usesOf(leases);
  const pinned = Map.groupBy(rules.pinned, ({ address }) => address);
  const addresses = [...new Set([...pinned.keys(), ...uses.keys(), ...before.keys()])].sort();
  const entries = addresses.flatMap((address) => {
    const configured = pinned.get(address);
    const state = configured ? 'pinned' : uses.has(address) ? 'observed' : 'draining';
    const old = before.get(address);
    const regions = configured ? regionsOf(configured, uses.get(address)) : [...(uses.get(address)?.regions ?? [])];
    const entry = entryOf(address, state, atMs, old, rules, {
      regions: state === 'draining' ? (old?.regions ?? []) : regions.sort(),
      runners: uses.get(address)?.runners ?? 0,
    });
    return (entry.drainsUntilMs ?? Number.POSITIVE_INFINITY) > atMs ? [entry] : [];
  });
  return new Map(entries.map((entry) => [entry.address, entry]));
};

const entryOf = (
  address: string,
  state: EntryState,
  atMs: number,
  old: Entry | undefined,
  { drainMs, pinned }: TableRules,
  use: Pick<Entry, 'regions' | 'runners'>,
): Entry => {
  const sinceMs = old?.state === state ? old.sinceMs : atMs;
  const unpinned = state === 'observed' && pinned.length > 0;
  const drains = state === 'draining' && { drainsUntilMs: sinceMs + drainMs };
  return { address, state, sinceMs, unpinned, ...use, ...drains };
};

const usesOf = (leases: Iterable<Lease>): ReadonlyMap<string, Use> => {
  const uses = new Map<string, Use>();
  for (const { region, addresses } of leases)
    for (const address of addresses) {
      const use = uses.get(address) ?? { regions: new Set(), runners: 0 };
      uses.set(address, use);
      use.regions.add(region);
      use.runners += 1;
    }
  return uses;
};

/** One that is configured for every region stays so, whoever uses it. */
const regionsOf = (configured: TableRules['pinned'], use: Use | undefined): string[] =>
  configured.some(({ region }) => region === undefined)
    ? []
    : [...new Set([...configured.flatMap(({ region }) => region ?? []), ...(use?.regions ?? [])])];
