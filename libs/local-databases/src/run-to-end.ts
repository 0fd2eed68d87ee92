import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Account } from './server-account.ts';

/** Runs a program as `account` with `input` on its standard input; throws an Error with its complaints when it fails. */
export async function runToEnd(program: string, account: Account, args: string[], input = ''): Promise<void> {
  const child = spawn(program, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    cwd: '/',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    ...account.spawnAs,
  });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}: ${complaints.trim().slice(-1000)}`);
}
