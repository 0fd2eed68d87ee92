import type { Effort, Figures } from './compare-logins.ts';
import { type Doubled, startDouble } from './double-process.ts';
import { compareInSandbox, scriptFile } from './login-in-sandbox.ts';

/**
 * A published-style script that logs in on a double of its server, which has a process of its own that counts for neither
 * side. In plain Node the process goes on from one login to the next; its requests keep their connections, its drivers do
 * not.
 */
export const loginOnDouble = async (kind: Doubled, reuse: boolean, effort: Effort): Promise<Figures> => {
  using double = await startDouble(kind);
  const file = scriptFile(`login-${kind}.js`);
  const legacy = { ...double, otherPids: [double.pid] };
  return await compareInSandbox(legacy, { sandboxed: file, plain: file }, { reuse, effort });
};
