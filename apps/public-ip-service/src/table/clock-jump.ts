import { afterRestart, type TableState } from './table-state.ts';

/** Of the wall clock and of one that nobody sets, in milliseconds. */
export type Clocks = { readonly clock: () => number; readonly steady: () => number };

/** Less is drift: it shortens no lease by more than its runner bears. */
const JUMP_MS = 1_000;

/** Says by how much the wall clock was set, ahead or (negative) back, since it was last asked; 0 where it just went on. */
export const createClockJumps = ({ clock, steady }: Clocks): (() => number) => {
  let lastMs = clock() - steady();
  return () => {
    const apartMs = clock() - steady();
    const jumpMs = apartMs - lastMs;
    lastMs = apartMs;
    return Math.abs(jumpMs) < JUMP_MS ? 0 : jumpMs;
  };
};

/**
 * The state as it counts after the clock was set, or the machine slept: no time has passed in which runners could renew their
 * leases, which is as after a restart, and none of what an address drains for.
 */
export const afterJump = (state: TableState, jumpMs: number, nowMs: number): TableState => {
  const { leases, entries, updatedAtMs } = afterRestart(state, nowMs);
  const shifted = [...entries].map(([address, entry]) => {
    if (entry.drainsUntilMs === undefined) return [address, entry] as const;
    const { sinceMs, drainsUntilMs } = entry;
    return [address, { ...entry, sinceMs: sinceMs + jumpMs, drainsUntilMs: drainsUntilMs + jumpMs }] as const;
  });
  return { leases, entries: new Map(shifted), updatedAtMs };
};
