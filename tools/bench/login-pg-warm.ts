import { readFileSync } from 'node:fs';
import { member, sampleScriptFile, startLegacyDatabase } from '@userferry/local-services';
import { createSandbox, defaultStateFolder, type Sandbox } from '@userferry/sandbox';
import { completeEnv } from '@userferry/script-contract';
import { compareLogins, type Effort, type Figures, ownCpuMs } from './compare-logins.ts';
import { startPlainNode } from './plain-node.ts';
import { treeCpuMs } from './process-cpu.ts';
import { runOf, runtimeFolder, silent } from './sandbox-runs.ts';

/**
 * The published-style PostgreSQL login in a warm sandbox, against the same file in plain Node: both connect anew for
 * every login, to the same database, in the same run.
 */
export const loginPgWarm = async (bcryptCost: number, effort: Effort): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const legacy = await startLegacyDatabase({ bcryptCost });
  stack.defer(() => legacy.server.stop());
  const egress = { allow: [{ host: '127.0.0.1', port: legacy.server.port }] };
  const options = { runtimeFolder, stateFolder: defaultStateFolder(), egress, log: silent };
  const sandbox = await createSandbox({ ...options, blankHosts: 1, runsPerHost: 8 });
  stack.defer(() => sandbox.close());
  const file = sampleScriptFile('login');
  const env = completeEnv({ DB_CONNECTION_URI: legacy.url });
  const plain = stack.use(startPlainNode(file, env));
  return await compareLogins(
    { login: inSandbox(sandbox, readFileSync(file, 'utf8'), env), cpuMs: ownCpuMs(plain.pid) },
    { login: (n) => plain.login(argsOf(n)), cpuMs: () => treeCpuMs(plain.pid) },
    effort,
  );
};

const argsOf = (n: number): readonly unknown[] => {
  const { mail, password } = member(n);
  return [{ email: mail, username: null, phone: null }, password, { userPoolName: 'Acme' }];
};

const inSandbox = (sandbox: Sandbox, source: string, env: Readonly<Record<string, string>>) => async (n: number) => {
  const run = await sandbox.run(runOf({ source, argsJson: JSON.stringify(argsOf(n)), env }));
  if (run.outcome !== 'completed')
    throw new Error(`the sandboxed login ended as ${run.outcome}: ${run.error?.message}`);
};
