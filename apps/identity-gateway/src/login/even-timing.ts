import { LRUCache } from 'lru-cache';

/** Rejected runs that are remembered of one connection, and connections of which any are. */
const RUNS_MAX = 64;
const CONNECTIONS_MAX = 10_000;
/** A slow legacy user store makes rejections slow only up to here. */
const HELD_BACK_MS_MAX = 2_000;
/** What is left of a call's time for its way back. */
const ANSWER_MS = 50;

/** The time below which 95 of 100 of these stay; 0 without any. */
export const p95 = (timesMs: readonly number[]): number => {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
};

type Moment = { readonly spentMs: number; readonly leftMs: number };

/** How long a rejection that is to take so long in all still waits: never beyond the call's deadline. */
export const holdBackMs = (wantedMs: number, { spentMs, leftMs }: Moment): number =>
  Math.max(0, Math.min(Math.min(wantedMs, HELD_BACK_MS_MAX) - spentMs, leftMs - ANSWER_MS));

export type Clock = {
  /** Milliseconds of a clock that nobody sets: what a rejection took must not be an hour because of one that was set. */
  readonly now: () => number;
  /** Epoch milliseconds, as deadlines are. */
  readonly wall: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type Rejection = {
  readonly connectionId: string;
  readonly beganMs: number;
  /** The legacy user store was asked: this rejection says how long that takes. Otherwise our own hash was checked. */
  readonly ranScript: boolean;
  /** Rejections of both kinds come from this connection (lazy migration). */
  readonly mixed: boolean;
};

const withLast = (timesMs: readonly number[], timeMs: number): readonly number[] => [
  ...timesMs.slice(1 - RUNS_MAX),
  timeMs,
];

/**
 * Lets no rejection on a connection leave sooner than that connection's rejected runs do, nor, where users have migrated,
 * sooner than our own rejections do: whichever takes longer, the time of an answer does not tell who has migrated, who
 * was deleted and who never was a user. Our own hash takes the same time on every connection, so those times are shared.
 * Successes and outages are not held back.
 */
export const createEvenTiming = (clock: Clock = SYSTEM_CLOCK) => {
  const rejectedRuns = new LRUCache<string, readonly number[]>({ max: CONNECTIONS_MAX });
  let ownRejections: readonly number[] = [];
  return {
    begin: (): number => clock.now(),
    holdBack: async (
      { connectionId, beganMs, ranScript, mixed }: Rejection,
      { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
    ): Promise<void> => {
      const spentMs = clock.now() - beganMs;
      const runs = rejectedRuns.get(connectionId) ?? [];
      const wantedMs = Math.max(p95(runs), mixed ? p95(ownRejections) : 0);
      if (ranScript) rejectedRuns.set(connectionId, withLast(runs, spentMs));
      else ownRejections = withLast(ownRejections, spentMs);
      const waitMs = holdBackMs(wantedMs, { spentMs, leftMs: deadlineMs - clock.wall() });
      if (waitMs > 0) await clock.sleep(waitMs, signal);
    },
  };
};

export type EvenTiming = ReturnType<typeof createEvenTiming>;

/** Wakes early when the caller hangs up. */
const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake, { once: true });
  });

const SYSTEM_CLOCK: Clock = { now: () => performance.now(), wall: () => Date.now(), sleep };
