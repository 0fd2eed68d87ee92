import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { member, sampleScriptFile, startLegacyDatabase } from '@userferry/local-services';
import { createSandbox, defaultStateFolder, type Sandbox } from '@userferry/sandbox';
import { completeEnv } from '@userferry/script-contract';
import type { Effort, Figures } from './compare-logins.ts';
import { MEMORY_ATTACKS, scriptOf, TIME_ATTACKS } from './hostile-scripts.ts';
import { runOf, runtimeFolder, silent } from './sandbox-runs.ts';
import { quantile, rounded } from './statistics.ts';

const ATTACKS = [...Object.values(MEMORY_ATTACKS), ...Object.values(TIME_ATTACKS)];
/** As many at a time as a connection's hosts take, and some that wait. */
const ATTACKERS = 10;
const ATTACK_TIMEOUT_MS = 1_000;
const MIB = 1024 * 1024;
/** Between two logins: an edge that never pauses would measure its own queue. */
const PAUSE_MS = 20;
const SETTLE_MS = 1_500;

type Login = (n: number) => Promise<void>;

/**
 * What one connection's logins take while another attacks without a pause, ÷ what they take in quiet. Quiet and attacked
 * phases take turns in one run, so that a machine that drifts does not tell for one of them.
 */
export const neighbours = async ({ pairs }: Effort): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const legacy = await startLegacyDatabase({ bcryptCost: 4 });
  stack.defer(() => legacy.server.stop());
  const egress = { allow: [{ host: '127.0.0.1', port: legacy.server.port }] };
  const sandbox = await createSandbox({ runtimeFolder, stateFolder: defaultStateFolder(), egress, log: silent });
  stack.defer(() => sandbox.close());
  const login = loginIn(sandbox, legacy.url);
  for (let n = 1; n <= 30; n += 1) await login(n);
  const times = { quiet: [] as number[], attacked: [] as number[] };
  const lag = monitorEventLoopDelay({ resolution: 5 });
  const attacks: string[] = [];
  const rounds = pairs < 50 ? 1 : 3;
  for (let round = 0; round < rounds; round += 1) {
    times.quiet.push(...(await timesOf(login, pairs / rounds)));
    await using attack = startAttack(sandbox, attacks);
    await sleep(SETTLE_MS);
    lag.enable();
    times.attacked.push(...(await timesOf(login, pairs / rounds)));
    lag.disable();
    await attack.stop();
    await sleep(SETTLE_MS);
  }
  return { ...figuresOf(times, attacks), supervisor_lag_p99_ms: rounded(lag.percentile(99) / 1e6) };
};

const loginIn = (sandbox: Sandbox, url: string): Login => {
  const source = readFileSync(sampleScriptFile('login'), 'utf8');
  const env = completeEnv({ DB_CONNECTION_URI: url });
  return async (n) => {
    const { mail, password } = member(n);
    const args = [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
    const run = await sandbox.run(runOf({ connectionKey: 'B', source, argsJson: JSON.stringify(args), env }));
    if (run.outcome !== 'completed') throw new Error(`a login ended as ${run.outcome}: ${run.error?.message}`);
  };
};

const timesOf = async (login: Login, count: number): Promise<number[]> => {
  const times: number[] = [];
  for (let n = 1; n <= count; n += 1) {
    const started = performance.now();
    await login((n % 1_000) + 1);
    times.push(performance.now() - started);
    await sleep(PAUSE_MS);
  }
  return times;
};

const startAttack = (sandbox: Sandbox, outcomes: string[]) => {
  let stopped = false;
  let next = 0;
  const attacker = async (): Promise<void> => {
    while (!stopped) {
      const source = scriptOf(ATTACKS[next++ % ATTACKS.length] ?? '');
      const given = { connectionKey: 'A', source, timeoutMs: ATTACK_TIMEOUT_MS, memoryLimitBytes: 64 * MIB };
      // Where even the attacker's hosts cannot be replaced in time, the runner says so as an error.
      const outcome = await sandbox.run(runOf(given)).then(
        (run) => run.outcome,
        () => 'overloaded',
      );
      outcomes.push(outcome);
      if (outcome === 'overloaded') await sleep(PAUSE_MS);
    }
  };
  const all = Array.from({ length: ATTACKERS }, attacker);
  const stop = async (): Promise<void> => {
    stopped = true;
    await Promise.all(all);
  };
  return { stop, [Symbol.asyncDispose]: stop };
};

const figuresOf = (
  { quiet, attacked }: Readonly<Record<'quiet' | 'attacked', number[]>>,
  attacks: string[],
): Figures => {
  const ratio = (share: number) => rounded(quantile(attacked, share) / quantile(quiet, share));
  return {
    p50_ratio: ratio(0.5),
    p95_ratio: ratio(0.95),
    p99_ratio: ratio(0.99),
    quiet_p50_ms: rounded(quantile(quiet, 0.5)),
    quiet_p99_ms: rounded(quantile(quiet, 0.99)),
    attacked_p50_ms: rounded(quantile(attacked, 0.5)),
    attacked_p99_ms: rounded(quantile(attacked, 0.99)),
    attacks: attacks.filter((outcome) => outcome !== 'overloaded').length,
  };
};
