import { readFileSync } from 'node:fs';
import { createSandbox, defaultStateFolder } from '@userferry/sandbox';
import type { Isolation } from '@userferry/script-contract';
import { runOf, runtimeFolder, silent } from '../../sandbox-runs.ts';

type Setting = {
  readonly scriptFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly reuse: boolean;
  readonly isolation: Isolation;
  /** Every run has a script of its own, and so an isolate that nothing was made ready in. */
  readonly fresh: boolean;
};

/** The script in our sandbox, as script-runner runs it. */
export const start = async ({ scriptFile, env, port, reuse, isolation, fresh }: Setting) => {
  const egress = { allow: [{ host: '127.0.0.1', port }] };
  const options = { runtimeFolder, stateFolder: defaultStateFolder(), egress, log: silent };
  const setting = { reuseConnections: reuse, isolation };
  const sandbox = await createSandbox({ ...options, ...setting, blankHosts: 1, runsPerHost: 8 });
  const written = readFileSync(scriptFile, 'utf8');
  let runs = 0;
  const login = async (args: readonly unknown[]): Promise<void> => {
    runs += 1;
    const source = fresh ? `${written}\n// ${runs}` : written;
    const { outcome, error } = await sandbox.run(runOf({ source, argsJson: JSON.stringify(args), env }));
    if (outcome !== 'completed') throw new Error(`the sandboxed login ended as ${outcome}: ${error?.message}`);
  };
  return { login, close: () => sandbox.close() };
};
