/** A run that does what logins do, as far as nothing leaves the process: what the host has to do for it is compiled then. */
import type { RunFrame, SystemError } from '../../src/bridge/frames.ts';

const SOURCE = `const bcrypt = require('bcrypt');
const crypto = require('crypto');
async function login(query, password, context) {
  const hash = await bcrypt.hash(password, 4);
  const key = crypto.pbkdf2Sync(password, query.email, 1, 32, 'sha256');
  crypto.createHmac('sha256', key).update(crypto.randomBytes(16)).digest('base64');
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise((resolve) => require('net').connect(1, '127.0.0.1').on('error', resolve));
  if (!(await bcrypt.compare(password, hash))) throw new Error('Password is wrong');
  console.log(context);
  return { id: 1, email: query.email };
}`;
const ARGUMENTS = [{ email: 'nobody@example.com' }, 'nothing', {}];

/** What its connection comes to. */
export const REFUSED: SystemError = { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', syscall: 'connect' };

export const HOST_RUN: RunFrame = {
  ...{
    kind: 'run',
    runId: 'warm-up',
    source: SOURCE,
    functionName: 'login',
    argsJson: JSON.stringify(ARGUMENTS),
    env: {},
  },
  ...{ timeoutMs: 20_000, memoryLimitBytes: 128 * 1024 * 1024, reuse: { destinations: [] } },
};
