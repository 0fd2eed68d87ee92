import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { sampleScriptFile, startLegacyDatabase } from '@userferry/local-services';
import { createSandbox, defaultStateFolder } from '@userferry/sandbox';
import { completeEnv } from '@userferry/script-contract';
import { type Figures, PEOPLE } from '../compare-logins.ts';
import { startContender } from '../contenders/start-contender.ts';
import { descendantsOf } from '../host-memory.ts';
import { loginArguments } from '../login-arguments.ts';
import { runOf, runtimeFolder, silent } from '../sandbox-runs.ts';
import { quantile, rounded } from '../statistics.ts';
import { type PostgresRelay, startPostgresRelay } from './postgres-relay.ts';
import { countSystemCalls } from './system-calls.ts';

const WARM_UP = 10;
const LOGINS = 30;
const COUNTED_LOGINS = 200;
const BETWEEN_MS = 25;

/** What one warm login on PostgreSQL sends to the database, how often it leaves its isolate, and how it asks the kernel. */
export const countsInSandbox = async (): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const { server, url } = await startLegacyDatabase({ members: PEOPLE });
  stack.defer(() => server.stop());
  const relay = stack.use(await startPostgresRelay(() => server.port));
  const env = completeEnv({ DB_CONNECTION_URI: url.replace(`:${server.port}/`, `:${relay.port}/`) });
  const systemCalls = await systemCallsOf({ env: completeEnv({ DB_CONNECTION_URI: url }), port: server.port });
  return {
    ...(await warmFigures('warm_login', { env, relay, reuse: true })),
    ...(await warmFigures('warm_login_no_reuse', { env, relay, reuse: false })),
    ...(systemCalls !== undefined && { warm_login_system_calls: systemCalls }),
  };
};

type Counted = {
  readonly env: Readonly<Record<string, string>>;
  readonly relay: PostgresRelay;
  readonly reuse: boolean;
};

const warmFigures = async (name: string, { env, relay, reuse }: Counted): Promise<Figures> => {
  const egress = { allow: [{ host: '127.0.0.1', port: relay.port }] };
  const options = { runtimeFolder, stateFolder: defaultStateFolder(), egress, log: silent, reuseConnections: reuse };
  const sandbox = await createSandbox({ ...options, blankHosts: 1 });
  try {
    const source = readFileSync(sampleScriptFile('login'), 'utf8');
    const crossings: number[] = [];
    const login = async (n: number) => {
      const run = await sandbox.run(runOf({ source, argsJson: JSON.stringify(loginArguments(n)), env }));
      if (run.outcome !== 'completed') throw new Error(`a login ended as ${run.outcome}: ${run.error?.message}`);
      crossings.push(run.usage.crossings ?? Number.NaN);
      // The session is put back meanwhile, however busy the machine is.
      await setTimeout(BETWEEN_MS);
    };
    for (let n = 1; n <= WARM_UP; n += 1) await login(n);
    crossings.length = 0;
    const before = relay.sent();
    for (let n = 1; n <= LOGINS; n += 1) await login(n);
    const after = relay.sent();
    return {
      [`${name}_crossings`]: quantile(crossings, 0.5),
      [`${name}_legacy_messages`]: rounded((after.messages - before.messages) / LOGINS),
      [`${name}_legacy_connections`]: rounded((after.connections - before.connections) / LOGINS),
    };
  } finally {
    await sandbox.close();
  }
};

type Setting = { readonly env: Readonly<Record<string, string>>; readonly port: number };

/** Of the supervisor and its isolate hosts, for one warm login; `undefined` where nobody counts. */
const systemCallsOf = async (setting: Setting): Promise<number | undefined> => {
  const contender = await startContender('userferry', { ...setting, scriptFile: sampleScriptFile('login') });
  try {
    const logIn = async (count: number) => {
      for (let n = 1; n <= count; n += 1) await contender.login(loginArguments(n));
    };
    await logIn(WARM_UP);
    const calls = await countSystemCalls([contender.pid, ...descendantsOf(contender.pid)], () => logIn(COUNTED_LOGINS));
    return calls === undefined ? undefined : Math.round(calls / COUNTED_LOGINS);
  } finally {
    await contender.stop();
  }
};
