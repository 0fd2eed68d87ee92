import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createSandbox, defaultStateFolder, type RunRequest, type SandboxLog } from '@userferry/sandbox';
import { completeEnv, LIMITS, type RunResult } from '@userferry/script-contract';
import { cacheHome, callerFolder } from './config.ts';
import { reportOf } from './report.ts';
import { readScriptArguments, type ScriptArguments, USAGE, UsageError } from './script-arguments.ts';

const RUNTIME_FOLDER = join(import.meta.dirname, '../../libs/sandbox/dist/runtime');

const ADDRESS_FACTS = new Set(['DB_HOST', 'DB_PORT', 'DB_USERNAME', 'DB_DATABASE']);

const readSource = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
};

const requestOf = (asked: ScriptArguments): RunRequest => {
  const source = readSource(resolve(callerFolder(), asked.file));
  if (Buffer.byteLength(source) > LIMITS.sourceBytesMax)
    throw new UsageError(`${asked.file} is longer than ${LIMITS.sourceBytesMax} bytes`);
  const env = completeEnv(asked.env);
  const { functionName, argsJson, timeoutMs, memoryLimitBytes, isolation } = asked;
  const secretNames = Object.keys(env).filter((name) => !ADDRESS_FACTS.has(name));
  const once = { runId: randomUUID(), connectionKey: 'script', redactProfile: false };
  return { ...once, source, functionName, argsJson, env, secretNames, timeoutMs, memoryLimitBytes, isolation };
};

const toStderr = (facts: Record<string, unknown>, message: string): void => {
  console.error(message, JSON.stringify(facts));
};
const LOG: SandboxLog = { debug: () => {}, info: () => {}, warn: toStderr, error: toStderr };

const runIt = async (asked: ScriptArguments): Promise<RunResult> => {
  const request = requestOf(asked);
  const sandbox = await createSandbox({
    runtimeFolder: RUNTIME_FOLDER,
    stateFolder: defaultStateFolder(cacheHome()),
    egress: { allow: asked.allow },
    maxHosts: 1,
    blankHosts: 0,
    log: LOG,
  });
  try {
    return await sandbox.run(request);
  } finally {
    await sandbox.close();
  }
};

try {
  const result = await runIt(readScriptArguments(process.argv.slice(2)));
  process.stdout.write(`${JSON.stringify(reportOf(result))}\n`);
  process.exitCode = result.outcome === 'completed' ? 0 : 1;
} catch (error) {
  const misuse = error instanceof UsageError;
  console.error(misuse ? `${error.message}\n\n${USAGE}` : `the sandbox could not run: ${(error as Error).message}`);
  process.exitCode = 2;
}
