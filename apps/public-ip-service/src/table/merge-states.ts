import type { Entry, Lease } from './entry.ts';
import type { TableState } from './table-state.ts';

/**
 * What two replicas know together: of each runner the later report, of each address the longer memory. What is pinned is
 * each replica's own configuration and is not taken over: an address that only the other has pinned is left out.
 */
export const mergeStates = (ours: TableState, theirs: TableState, leaseEndMaxMs: number): TableState => {
  const leases = new Map(ours.leases);
  for (const lease of theirs.leases.values()) {
    const known = leases.get(lease.runnerId);
    if (known === undefined || known.expiresAtMs < lease.expiresAtMs)
      leases.set(lease.runnerId, capped(lease, leaseEndMaxMs));
  }
  const entries = new Map(ours.entries);
  for (const entry of theirs.entries.values()) {
    const merged = mergeEntries(entries.get(entry.address), entry);
    if (merged) entries.set(entry.address, merged);
  }
  return { leases, entries, updatedAtMs: Math.max(ours.updatedAtMs, theirs.updatedAtMs) };
};

/** The other's clock may be ahead of ours; no lease lasts longer than one that was given just now. */
const capped = (lease: Lease, leaseEndMaxMs: number): Lease => ({
  ...lease,
  expiresAtMs: Math.min(lease.expiresAtMs, leaseEndMaxMs),
});

const mergeEntries = (ours: Entry | undefined, theirs: Entry): Entry | undefined => {
  if (theirs.state === 'pinned') return ours;
  if (ours === undefined) return theirs;
  if (ours.state !== theirs.state) return ours;
  const sinceMs = ours.state === 'draining' ? Math.max : Math.min;
  return { ...ours, sinceMs: sinceMs(ours.sinceMs, theirs.sinceMs) };
};
