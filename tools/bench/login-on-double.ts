import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Effort, Figures } from './compare-logins.ts';
import { compareInSandbox, scriptFile } from './login-in-sandbox.ts';
import type { LegacyDouble } from './testing/legacy-double.ts';

/** What there is no real server for here. */
export type Doubled = 'http' | 'mongodb' | 'mssql';

const PASSWORD = 'correct horse battery staple';

/**
 * A published-style script that logs in on a double of its server, which has a process of its own that counts for neither
 * side. In plain Node the process goes on from one login to the next; its requests keep their connections, its drivers do
 * not.
 */
export const loginOnDouble = async (kind: Doubled, reuse: boolean, effort: Effort): Promise<Figures> => {
  const worker = fileURLToPath(new URL('testing/legacy-double.ts', import.meta.url));
  const double = fork(worker, [kind, PASSWORD]);
  try {
    const [{ port, env }] = (await once(double, 'message')) as [LegacyDouble];
    const file = scriptFile(`login-${kind}.js`);
    const argsOf = (n: number) => [{ email: `member${n}@acme.example` }, PASSWORD, { userPoolName: 'Acme' }];
    const legacy = { env, port, argsOf, otherPids: [double.pid ?? 0] };
    return await compareInSandbox(legacy, { sandboxed: file, plain: file }, { reuse, effort });
  } finally {
    double.disconnect();
  }
};
