import { ServiceError } from '@userferry/errors';
import { afterJump, createClockJumps } from './clock-jump.ts';
import type { Lease, TableRules } from './entry.ts';
import { makeRoom } from './make-room.ts';
import { mergeStates } from './merge-states.ts';
import {
  advance,
  diffEntries,
  type EntriesChange,
  isNothing,
  nextEventMs,
  type TableState,
  withLeases,
} from './table-state.ts';

/** What a change is to those who watch: the list before and after, and what is different. */
export type TableChange = EntriesChange & { readonly before: TableState; readonly after: TableState };

export type PublicIpTable = {
  /** As it is now. */
  readonly state: () => TableState;
  /**
   * Takes a runner's report in place of the one before. One that adds no runner and no address is always taken, however
   * full the table is: no address that a runner uses leaves the list.
   * @returns whether anything is known now that was not known before, its new end apart
   * @throws ServiceError PUBLIC_IP_TABLE_FULL
   */
  readonly report: (lease: Lease) => boolean;
  /** Takes in what another replica knows. */
  readonly merge: (theirs: TableState) => void;
  /** Resolves when the list is no more that of the state given, or the signal aborts. */
  readonly changed: (since: TableState, signal: AbortSignal) => Promise<void>;
};

export type PublicIpTableOptions = {
  readonly rules: TableRules;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly steady: () => number;
  /** What was known when this service last ran. */
  readonly known?: TableState | undefined;
  readonly onChange: (change: TableChange) => void;
  /** Told by how much the clock was set. */
  readonly onJump?: (jumpMs: number) => void;
};

/** More than any deployment has; whoever reports more has lost its mind or its token. */
export const LEASES_MAX = 2_000;
export const LEASE_MS_MAX = 3_600_000;

const EMPTY: TableState = { leases: new Map(), entries: new Map(), updatedAtMs: 0 };

/** The addresses of all runners and regions. It moves on by itself whenever it is looked at. */
export const createPublicIpTable = (options: PublicIpTableOptions): PublicIpTable => {
  const { rules, clock, steady, known = EMPTY, onChange, onJump = () => undefined } = options;
  const jumpedBy = createClockJumps({ clock, steady });
  const waiting = new Set<() => void>();
  let current = known;
  let dueMs = 0;

  const become = (next: TableState): void => {
    const before = current;
    current = next;
    dueMs = nextEventMs(next);
    const change = diffEntries(before.entries, next.entries);
    if (isNothing(change)) return;
    for (const wake of [...waiting]) wake();
    onChange({ ...change, before, after: next });
  };
  const state = (): TableState => {
    const jumpMs = jumpedBy();
    const nowMs = clock();
    if (jumpMs !== 0) {
      onJump(jumpMs);
      become(afterJump(current, jumpMs, nowMs));
    }
    if (nowMs >= dueMs) become(advance(current, rules, nowMs));
    return current;
  };
  become(withLeases(current, current.leases, rules, clock()));

  return {
    state,
    report: (lease) => {
      const { leases, entries } = state();
      const old = leases.get(lease.runnerId);
      if (old === undefined) requireRoomForRunner(leases);
      const next = withLeases(current, new Map(leases).set(lease.runnerId, lease), rules, clock());
      become(lease.addresses.every((address) => entries.has(address)) ? next : makeRoom(next));
      return (
        old?.region !== lease.region || old.leaseMs !== lease.leaseMs || old.addresses.join() !== lease.addresses.join()
      );
    },
    merge: (theirs) => {
      const ours = state();
      const nowMs = clock();
      const merged = mergeStates(ours, theirs, nowMs + LEASE_MS_MAX);
      become(advance(withLeases(merged, merged.leases, rules, nowMs), rules, nowMs));
    },
    changed: async (since, signal) => {
      if (state().entries !== since.entries && !isNothing(diffEntries(since.entries, current.entries))) return;
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
  };
};

const requireRoomForRunner = ({ size }: ReadonlyMap<string, Lease>): void => {
  if (size >= LEASES_MAX) throw new ServiceError('PUBLIC_IP_TABLE_FULL', `${LEASES_MAX} script-runners have reported`);
};
