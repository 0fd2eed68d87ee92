import { type Entry, type Lease, sameEntry, type TableRules } from './entry.ts';
import { nextEntries } from './next-entries.ts';

/** All that a replica knows, at a moment. Never changed; what happens makes a new one. */
export type TableState = {
  readonly leases: ReadonlyMap<string, Lease>;
  /** By address, sorted. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** When a reader of the list last saw a difference, epoch milliseconds. */
  readonly updatedAtMs: number;
};

/** What is different for a reader who knows the list from before. */
export type EntriesChange = { readonly changed: readonly Entry[]; readonly removed: readonly string[] };

/** What is new or different in `after`, and which addresses are gone. */
export const diffEntries = (before: ReadonlyMap<string, Entry>, after: ReadonlyMap<string, Entry>): EntriesChange => ({
  changed: [...after.values()].filter((entry) => {
    const old = before.get(entry.address);
    return old === undefined || !sameEntry(old, entry);
  }),
  removed: [...before.keys()].filter((address) => !after.has(address)),
});

/** Whether there is nothing to tell. */
export const isNothing = ({ changed, removed }: EntriesChange): boolean => changed.length + removed.length === 0;

/** The state with other leases, as it is at that moment. */
export const withLeases = (
  state: TableState,
  leases: ReadonlyMap<string, Lease>,
  rules: TableRules,
  atMs: number,
): TableState => {
  const entries = nextEntries(state.entries, leases.values(), rules, atMs);
  const updatedAtMs = isNothing(diffEntries(state.entries, entries)) ? state.updatedAtMs : atMs;
  return { leases, entries, updatedAtMs };
};

/** When a lease ends or an address has drained, whichever comes first; infinity when neither will. */
export const nextEventMs = ({ leases, entries }: TableState): number => {
  let next = Number.POSITIVE_INFINITY;
  for (const { expiresAtMs } of leases.values()) next = Math.min(next, expiresAtMs);
  for (const { drainsUntilMs = next } of entries.values()) next = Math.min(next, drainsUntilMs);
  return next;
};

/** The state as it is now: everything that was due since happens one after the other, each at its own time. */
export const advance = (state: TableState, rules: TableRules, nowMs: number): TableState => {
  let current = state;
  for (let due = nextEventMs(current); due <= nowMs; due = nextEventMs(current)) {
    const holds = [...current.leases].filter(([, { expiresAtMs }]) => expiresAtMs > due);
    current = withLeases(current, new Map(holds), rules, due);
  }
  return current;
};

/**
 * A saved state as it counts after a restart. Nobody could renew a lease while we were down, so each gets half of its time
 * once more: an address never leaves the list because the list's keeper was away. Half is longer than a runner waits
 * between renewals, a third, and shorter than what a lease has left at a peer that heard the runner's latest word.
 */
export const afterRestart = (saved: TableState, nowMs: number): TableState => ({
  ...saved,
  leases: new Map([...saved.leases].map(([id, each]) => [id, { ...each, expiresAtMs: nowMs + each.leaseMs / 2 }])),
});
