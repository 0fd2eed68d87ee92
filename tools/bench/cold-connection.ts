import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { member, sampleScriptFile, startLegacyDatabase } from '@userferry/local-services';
import { createSandbox, defaultStateFolder, type Sandbox } from '@userferry/sandbox';
import { completeEnv } from '@userferry/script-contract';
import type { Effort, Figures } from './compare-logins.ts';
import { runOf, runtimeFolder, silent } from './sandbox-runs.ts';
import { quantile, rounded } from './statistics.ts';

/** Long enough that a blank host, where one is kept, is there again. */
const PAUSE_MS = 1_500;
/** As many connections as are measured: none has to make room. */
const CONNECTIONS_MAX = 30;
const MEMBER = 1;

/**
 * The first run of a connection that no isolate host serves yet, against a run of one that is warm: with a blank host at
 * hand, and where a process must be started first. Figures in ms beyond the warm run's median.
 */
export const coldConnection = async ({ pairs }: Effort): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const legacy = await startLegacyDatabase();
  stack.defer(() => legacy.server.stop());
  const egress = { allow: [{ host: '127.0.0.1', port: legacy.server.port }] };
  const count = Math.min(pairs, CONNECTIONS_MAX);
  const timesWith = async (blankHosts: number) => {
    const options = { runtimeFolder, stateFolder: defaultStateFolder(), egress, log: silent };
    const sandbox = await createSandbox({ ...options, blankHosts, maxHosts: CONNECTIONS_MAX + 2 });
    try {
      return await measure(sandbox, legacy.url, count);
    } finally {
      await sandbox.close();
    }
  };
  return { ...figuresOf('cold_connection', await timesWith(1)), ...figuresOf('cold_process', await timesWith(0)) };
};

type Times = { readonly cold: number[]; readonly warm: number[] };

const measure = async (sandbox: Sandbox, url: string, count: number): Promise<Times> => {
  const times: Times = { cold: [], warm: [] };
  for (let n = 0; n < count; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const connectionKey = randomUUID();
    times.cold.push(await timedLogin(sandbox, url, connectionKey));
    for (let again = 0; again < 3; again += 1) times.warm.push(await timedLogin(sandbox, url, connectionKey));
  }
  return times;
};

const source = readFileSync(sampleScriptFile('login'), 'utf8');

const timedLogin = async (sandbox: Sandbox, url: string, connectionKey: string): Promise<number> => {
  const { mail, password } = member(MEMBER);
  const args = [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
  const env = completeEnv({ DB_CONNECTION_URI: url });
  const started = performance.now();
  const run = await sandbox.run(runOf({ connectionKey, source, argsJson: JSON.stringify(args), env }));
  if (run.outcome !== 'completed') throw new Error(`a login ended as ${run.outcome}: ${run.error?.message}`);
  return performance.now() - started;
};

const figuresOf = (name: string, { cold, warm }: Times): Figures => {
  const beyond = (share: number) => rounded(quantile(cold, share) - quantile(warm, 0.5));
  return {
    [`${name}_ms`]: beyond(0.95),
    [`${name}_p50_ms`]: beyond(0.5),
    [`${name}_warm_p50_ms`]: rounded(quantile(warm, 0.5)),
  };
};
