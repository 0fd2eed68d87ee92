import { parseIpAddress } from '@userferry/process';

/** What a script-runner reported, for as long as it holds. Times in epoch milliseconds. */
export type Lease = {
  readonly runnerId: string;
  readonly region: string;
  readonly addresses: readonly string[];
  readonly leaseMs: number;
  readonly expiresAtMs: number;
};

/** Configured: pinned. Used by a runner that is up: observed. Neither any more, kept for a while: draining. */
export type EntryState = 'pinned' | 'observed' | 'draining';

/** An address of the list. */
export type Entry = {
  readonly address: string;
  readonly state: EntryState;
  /** Sorted; empty for every region. */
  readonly regions: readonly string[];
  /** Since when it is in this state. */
  readonly sinceMs: number;
  /** Runners that are up and use it. */
  readonly runners: number;
  /** Not in the configured list, although there is one. */
  readonly unpinned: boolean;
  /** When a draining one leaves the list. */
  readonly drainsUntilMs?: number;
};

/** An address that the operators configured, for one region or for every one. */
export type Pinned = { readonly address: string; readonly region?: string };

export type TableRules = {
  readonly pinned: readonly Pinned[];
  /** How long an address stays on the list after its last runner left. */
  readonly drainMs: number;
};

/** Whether a reader of the list would see no difference. How many runners there are is no difference. */
export const sameEntry = (one: Entry, other: Entry): boolean =>
  one.state === other.state &&
  one.unpinned === other.unpinned &&
  one.sinceMs === other.sinceMs &&
  one.regions.join() === other.regions.join();

/** Whether it is an address in its one spelling. Looked at wherever a list comes from: what is served opens firewalls. */
export const isAddress = (text: string): boolean => parseIpAddress(text)?.text === text;

/** An entry that a region's firewalls have to know. No region: any entry. */
export const isFor = (region: string | undefined, { regions }: Entry): boolean =>
  region === undefined || regions.length === 0 || regions.includes(region);
