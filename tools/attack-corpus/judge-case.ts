/** Runs one attack in a sandbox and says what became of it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '@userferry/sandbox';
import type { Outcome, RunResult } from '@userferry/script-contract';
import type { AttackCase } from './find-cases.ts';
import { type Witnessed, witnessScript } from './witness.ts';

/**
 * - `escaped`: the case got hold of anything outside its own realm, or the canary (a secret of the process that runs the
 *   sandbox) shows in what the run says.
 * - `hung`: the run did not end by its deadline and the grace, or the connection's next honest run does not work.
 * - `contained`: everything else, however the run ended.
 */
export type Verdict = 'contained' | 'escaped' | 'hung';

export type JudgedCase = {
  readonly name: string;
  readonly verdict: Verdict;
  readonly outcome: Outcome | 'none';
  /** How the case's own code ended, when the run could tell. */
  readonly told: string;
  readonly findings: readonly string[];
  readonly ms: number;
};

export type JudgeOptions = {
  readonly sandbox: Sandbox;
  readonly canary: string;
  readonly deadlineMs: number;
  readonly graceMs: number;
};

const MEMORY_BYTES = 128 * 1024 * 1024;
const HONEST = 'function attack() { return "honest" }';

const run = ({ sandbox, deadlineMs }: JudgeOptions, connectionKey: string, source: string, code: string) =>
  sandbox.run({
    runId: randomUUID(),
    connectionKey,
    source,
    functionName: 'attack',
    argsJson: JSON.stringify([code]),
    env: {},
    secretNames: [],
    redactProfile: false,
    egress: [],
    timeoutMs: deadlineMs,
    memoryLimitBytes: MEMORY_BYTES,
  });

async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const abort = new AbortController();
  const late = sleep(ms, undefined, { signal: abort.signal }).catch(() => undefined);
  return Promise.race([promise, late]).finally(() => abort.abort());
}

const isWitnessed = (value: unknown): value is Witnessed =>
  typeof value === 'object' && value !== null && 'findings' in value && Array.isArray(value.findings);

/** What the witness saw, if the case let it say so; the answer of a case that ended otherwise is its error. */
function witnessed({ resultJson, error, outcome }: RunResult): Witnessed {
  const value: unknown = outcome === 'completed' ? JSON.parse(resultJson ?? 'null') : undefined;
  if (isWitnessed(value)) return value;
  return { ended: 'error', told: error?.message ?? 'something else than the witness’s words', findings: [] };
}

/** Two tries: the host that a case broke may take the first one with it. */
async function isStillHonest(options: JudgeOptions, connectionKey: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const next = await within(run({ ...options, deadlineMs: 20_000 }, connectionKey, HONEST, ''), 30_000);
    if (next?.outcome === 'completed' && next.resultJson === '"honest"') return true;
  }
  return false;
}

export async function judgeCase({ name, code }: AttackCase, options: JudgeOptions): Promise<JudgedCase> {
  const connectionKey = randomUUID();
  const startedAtMs = performance.now();
  const result = await within(run(options, connectionKey, witnessScript(), code), options.deadlineMs + options.graceMs);
  const ms = Math.round(performance.now() - startedAtMs);
  if (result === undefined)
    return { name, verdict: 'hung', outcome: 'none', told: 'no end of the run', findings: [], ms };
  const { told, findings: seen } = witnessed(result);
  const spilt = JSON.stringify(result).includes(options.canary) ? ['the canary in what the run says'] : [];
  const findings = [...new Set([...seen, ...spilt])];
  const { outcome } = result;
  if (findings.length > 0) return { name, verdict: 'escaped', outcome, told, findings, ms };
  if (await isStillHonest(options, connectionKey)) return { name, verdict: 'contained', outcome, told, findings, ms };
  return { name, verdict: 'hung', outcome, told: 'the next run of the connection does not work', findings, ms };
}
