import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LegacyDouble } from './testing/legacy-double.ts';

/** What there is no real server for here. */
export type Doubled = 'http' | 'mongodb' | 'mssql';

/** A double of a company's server, in a process of its own, that members log in on. */
export type DoubleProcess = LegacyDouble &
  Disposable & {
    readonly pid: number;
    /** The arguments of the login of the n-th member. */
    readonly argsOf: (n: number) => readonly unknown[];
  };

const PASSWORD = 'correct horse battery staple';

export const startDouble = async (kind: Doubled): Promise<DoubleProcess> => {
  const worker = fileURLToPath(new URL('testing/legacy-double.ts', import.meta.url));
  const child = fork(worker, [kind, PASSWORD]);
  const [{ port, env }] = (await once(child, 'message')) as [LegacyDouble];
  return {
    ...{ port, env, pid: child.pid ?? 0 },
    argsOf: (n) => [{ email: `member${n}@acme.example` }, PASSWORD, { userPoolName: 'Acme' }],
    [Symbol.dispose]: () => child.disconnect(),
  };
};
