import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sampleScriptFile, startLegacyDatabase } from '@userferry/local-services';
import { createSandbox, defaultStateFolder, type Sandbox } from '@userferry/sandbox';
import { completeEnv } from '@userferry/script-contract';
import type { Effort, Figures } from './compare-logins.ts';
import { startDouble } from './double-process.ts';
import { isolateHostsBelow } from './host-memory.ts';
import { loginArguments } from './login-arguments.ts';
import { scriptFile } from './login-in-sandbox.ts';
import { runOf, runtimeFolder, silent } from './sandbox-runs.ts';
import { rounded } from './statistics.ts';
import { proportionalBytes } from './tree-memory.ts';

const MIB = 1024 * 1024;
/** Isolates beside the first: fewer than a host keeps that nobody uses. */
const FURTHER = 6;
const LOGINS_EACH = 20;
/** By then an isolate has given back what its runs have left, and none is given back itself. */
const SETTLE_MS = 3_000;

type Store = {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly script: string;
  readonly argsOf: (n: number) => readonly unknown[];
};

/** What each warm isolate beyond the first takes of an isolate host: of a script in several versions, each has its own. */
export const isolateMemory = async (effort: Effort): Promise<Figures> => {
  await using stack = new AsyncDisposableStack();
  const { server, url } = await startLegacyDatabase();
  stack.defer(() => server.stop());
  const mongodb = stack.use(await startDouble('mongodb'));
  const onPg = { port: server.port, env: { DB_CONNECTION_URI: url }, argsOf: loginArguments };
  return {
    pg_isolate_mb: await isolateMb({ ...onPg, script: sampleScriptFile('login') }, effort),
    mongodb_isolate_mb: await isolateMb({ ...mongodb, script: scriptFile('login-mongodb.js') }, effort),
  };
};

const isolateMb = async (store: Store, { pairs }: Effort): Promise<number> => {
  const [further, logins] = pairs < 50 ? [1, 2] : [FURTHER, LOGINS_EACH];
  const egress = { allow: [{ host: '127.0.0.1', port: store.port }] };
  const options = { runtimeFolder, stateFolder: defaultStateFolder(), egress, log: silent };
  const sandbox = await createSandbox({ ...options, blankHosts: 1 });
  try {
    await logIn(sandbox, store, [0], logins);
    const before = await heldByHosts();
    await logIn(
      sandbox,
      store,
      Array.from({ length: further }, (_, n) => n + 1),
      logins,
    );
    return rounded(((await heldByHosts()) - before) / further / MIB);
  } finally {
    await sandbox.close();
  }
};

/** One login after the other, the versions in turn, so that each isolate is as old as the others. */
const logIn = async (sandbox: Sandbox, store: Store, versions: readonly number[], times: number): Promise<void> => {
  const text = readFileSync(store.script, 'utf8');
  const env = completeEnv(store.env);
  for (let n = 1; n <= times; n += 1) {
    for (const version of versions) {
      const argsJson = JSON.stringify(store.argsOf(n));
      const run = await sandbox.run(runOf({ source: `// version ${version}\n${text}`, argsJson, env }));
      if (run.outcome !== 'completed') throw new Error(`a login ended as ${run.outcome}: ${run.error?.message}`);
    }
  }
};

const heldByHosts = async (): Promise<number> => {
  await sleep(SETTLE_MS);
  return isolateHostsBelow(process.pid).reduce((sum, host) => sum + proportionalBytes(host), 0);
};
