import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createSandbox, defaultStateFolder, type EgressRule, type Sandbox, type SandboxLog } from '@userferry/sandbox';
import { LIMITS } from '@userferry/script-contract';
import { cacheHome } from './config.ts';
import type { Ran } from './run-in-node.ts';

const quiet = (): void => undefined;
const LOG: SandboxLog = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A sandbox for test files; `ports` of this machine are the destinations that they may reach. */
export const openSandbox = (ports: readonly number[]): Promise<Sandbox> =>
  createSandbox({
    runtimeFolder: join(import.meta.dirname, '../../libs/sandbox/dist/runtime'),
    stateFolder: defaultStateFolder(cacheHome()),
    egress: { allow: ports.map((port): EgressRule => ({ host: '127.0.0.1', port })) },
    maxHosts: 6,
    blankHosts: 2,
    hostIdleMs: 200,
    queueWaitMs: 30_000,
    log: LOG,
  });

/** Runs a bundled test file in an isolate host of its own. */
export const runInSandbox = async (sandbox: Sandbox, script: string, limitMs: number): Promise<Ran> => {
  const { outcome, resultJson, error } = await sandbox.run({
    runId: randomUUID(),
    connectionKey: randomUUID(),
    source: script,
    functionName: 'run',
    argsJson: '[]',
    env: {},
    secretNames: [],
    redactProfile: false,
    timeoutMs: limitMs,
    memoryLimitBytes: LIMITS.memoryLimitBytesDefault,
  });
  if (outcome !== 'completed') {
    const told = `${error?.name ?? 'Error'}${error?.code ? ` [${error.code}]` : ''}: ${error?.message ?? ''}`;
    const first = told
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, 6)
      .join(' ')
      .slice(0, 300);
    return { outcome: 'failed', error: outcome === 'threw' ? first : `${outcome}: ${first}` };
  }
  const { verdict } = JSON.parse(resultJson as string) as { verdict: 'passed' | 'skipped' };
  return { outcome: verdict };
};
