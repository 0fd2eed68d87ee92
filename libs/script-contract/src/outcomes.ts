/** Every way a script run can end. Outcomes are data: a runner RPC that fails is always our own fault. */
export const OUTCOMES = [
  'completed',
  'threw',
  'syntax_error',
  'timed_out',
  'out_of_memory',
  'invalid_result',
  'store_unreachable',
  'egress_denied',
  'quota_exceeded',
  'overloaded',
  'killed',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** What is known of the error that ended a run. `line` and `column` count from 1, in the script's own source. */
export type ScriptError = {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly line?: number;
  readonly column?: number;
};

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line that the script wrote to its `console`, `at_ms` milliseconds after the run began. */
export type LogLine = { readonly level: LogLevel; readonly text: string; readonly atMs: number };

/**
 * What a run cost: wall clock and CPU in milliseconds, the heap of its isolate in bytes (after this run where it is the
 * isolate's first, else after the one before, as no result waits for a look at it), and how many connections it opened itself and how many it took over from earlier runs (absent: not known). Of the wall clock, in milliseconds,
 * what passed while it waited for connections, for the legacy user store's answers, for hashes and other cryptography.
 * `crossings`: how often it left its isolate or was called in it; not on the wire.
 */
export type RunUsage = {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly heapBytes: number;
  readonly connectionsOpened?: number;
  readonly connectionsReused?: number;
  readonly crossings?: number;
  readonly connectMs?: number;
  readonly queryMs?: number;
  readonly hashMs?: number;
};

/** How a run ended. `resultJson` is JSON text, present when the outcome is `completed` (and, for diagnosis, `invalid_result` where it can be shown). */
export type RunResult = {
  readonly outcome: Outcome;
  readonly resultJson?: string;
  readonly error?: ScriptError;
  readonly logs: readonly LogLine[];
  readonly usage: RunUsage;
  /** Of `overloaded`: when to come back. */
  readonly retryAfterMs?: number;
};
