import type { Isolation, RunResult, ScriptError, ScriptLanguage } from '@userferry/script-contract';
import type { SandboxStats } from './sandbox-watch.ts';

/** `HOST:PORT` destinations, as an allow-list names them: host name, address or CIDR range, with one port or `*`. */
export type EgressRule = { readonly host: string; readonly port: number | '*' };

/** One run of one function of one script. */
export type RunRequest = {
  /** Unique per run; a write with a run id that was already started is refused by the runner. */
  readonly runId: string;
  /** What an isolate host may serve in its life: one connection and nothing else. */
  readonly connectionKey: string;
  /** The script's whole source text. */
  readonly source: string;
  /** The function to call, `login` for example. */
  readonly functionName: string;
  /** The function's arguments: JSON text of an array. */
  readonly argsJson: string;
  /** What the script sees as `env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Names in `env` whose values are masked wherever they surface in errors and log lines. */
  readonly secretNames: readonly string[];
  /** Also redact every string of the arguments and the result from errors and log lines (custom user store). */
  readonly redactProfile: boolean;
  /** The connection's own allow-list: it can only narrow what the deployment allows. `undefined`: no narrowing. */
  readonly egress?: readonly EgressRule[];
  readonly timeoutMs: number;
  /**
   * Epoch milliseconds until which somebody waits for the answer, the wait for a host included: a run that cannot end by then
   * is refused, and none goes on longer. Absent: it runs for as long as `timeoutMs` says, whenever it begins.
   */
  readonly deadlineMs?: number;
  readonly memoryLimitBytes: number;
  /** `per_run`: in an isolate of its own, which has run nothing before and is thrown away after. Absent: `warm`. */
  readonly isolation?: Isolation;
};

/** A mistake found without running the script, at its place in the source. */
export type ScriptProblem = Pick<ScriptError, 'name' | 'message' | 'line' | 'column'>;

/** What a look at a source found. `javascript`: of TypeScript without problems, what runs in its place. */
export type ScriptCheck = { readonly problems: readonly ScriptProblem[]; readonly javascript?: string };

/** A module that scripts may require; core modules have the version of Node that they behave like. */
export type OfferedModule = { readonly name: string; readonly version: string };

/** Which of the kernel's walls stand around every isolate host. `process` is the least: a child process and nothing else. */
export type SandboxLevel = {
  readonly level: 'full' | 'reduced' | 'process';
  readonly walls: readonly string[];
  readonly missing: readonly string[];
};

/** The engine as the rest of the product sees it. */
export interface Sandbox {
  /**
   * Runs one function to its end. Never throws for anything that the script did; `signal` ends the run early as `killed`.
   * `onHost` is told when the run has waited long enough: it has its host now, a new one or one that served it before.
   */
  run(
    request: RunRequest,
    signal?: AbortSignal,
    onHost?: (host: { readonly isNew: boolean }) => void,
  ): Promise<RunResult>;
  /**
   * Evaluates the source's top level, in a host of its own, and calls nothing: no problems when it defines the function.
   * Of TypeScript the types are taken out first, in that host too. `signal` ends it early: it rejects as CANCELLED.
   */
  check(source: string, functionName: string, language?: ScriptLanguage, signal?: AbortSignal): Promise<ScriptCheck>;
  readonly level: SandboxLevel;
  /** By name, in order. */
  readonly modules: readonly OfferedModule[];
  /** Tells the listener when isolate hosts cannot be started any more (false), and when they can again. */
  onHealth(listener: (canStartHosts: boolean) => void): void;
  stats(): SandboxStats;
  /** Ends every isolate host. */
  close(): Promise<void>;
}
