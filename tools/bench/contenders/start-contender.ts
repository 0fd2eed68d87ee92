import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@userferry/local-databases';
import type { Isolation } from '@userferry/script-contract';
import { treeCpuMs } from '../process-cpu.ts';
import type { ContenderName } from './contender-names.ts';
import { findWorkerd } from './find-workerd.ts';

const SERVE = fileURLToPath(new URL('serve.mjs', import.meta.url));

/** One that fails under load may have something left that it waits for. */
const STOPS_WITHIN_MS = 10_000;

/** One way to run the login script, in a process of its own with all that it starts. */
export type Contender = {
  readonly name: ContenderName;
  readonly pid: number;
  login(args: readonly unknown[]): Promise<void>;
  /** Of the whole tree so far, those that have ended included. */
  cpuMs(): number;
  stop(): Promise<void>;
};

export type LoginSetting = {
  readonly scriptFile: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where the legacy database listens. */
  readonly port: number;
};

type Kind = { readonly kind: string; readonly more?: () => Promise<object> };

type SandboxSetting = { readonly reuse?: boolean; readonly fresh?: boolean; readonly isolation?: Isolation };

const sandbox = ({ reuse = true, fresh = false, isolation = 'warm' }: SandboxSetting): Kind => ({
  kind: 'sandbox',
  more: async () => ({ reuse, fresh, isolation }),
});

const KINDS: Readonly<Record<ContenderName, Kind>> = {
  plain_node: { kind: 'plain_node' },
  fork_per_run: { kind: 'fork_per_run' },
  worker_per_run: { kind: 'worker_per_run' },
  isolate_per_run: sandbox({ reuse: false, fresh: true }),
  workerd: {
    kind: 'workerd',
    more: async () => ({ workerd: findWorkerd(), workerdPort: await findFreePort() }),
  },
  userferry: sandbox({}),
  userferry_no_reuse: sandbox({ reuse: false }),
  userferry_per_run: sandbox({ isolation: 'per_run' }),
};

type Answer = { readonly id: number; readonly error?: string };

/** Starts a contender and waits until it can be asked. */
export const startContender = async (name: ContenderName, setting: LoginSetting): Promise<Contender> => {
  const { kind, more } = KINDS[name];
  const child = fork(SERVE, [kind, JSON.stringify({ ...setting, ...(await more?.()) })]);
  const { pid = 0 } = child;
  const ended = once(child, 'exit');
  const [first] = await Promise.race([once(child, 'message'), ended]);
  if (typeof first !== 'object') throw new Error(`${name} did not start: its process ended with ${first}`);
  const stop = async () => {
    const late = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    if (child.connected) child.disconnect();
    await ended;
    clearTimeout(late);
  };
  return { name, pid, login: loginsOf(name, child), cpuMs: () => treeCpuMs(pid), stop };
};

const loginsOf = (name: ContenderName, child: ChildProcess): Contender['login'] => {
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  child.once('exit', (code) => {
    for (const [id, end] of waiting) end({ id, error: `its process ended with ${code}` });
  });
  return (args) =>
    new Promise((resolve, reject) => {
      last += 1;
      const id = last;
      waiting.set(id, ({ error }) => {
        waiting.delete(id);
        if (error === undefined) resolve();
        else reject(new Error(`a login in ${name} failed: ${error}`));
      });
      child.send({ id, args });
    });
};
