import { parseArgs } from 'node:util';
import type { EgressRule } from '@userferry/sandbox';
import { egressHostProblem, type Isolation, LIMITS } from '@userferry/script-contract';

/** What the command line asks for. */
export type ScriptArguments = {
  readonly file: string;
  readonly functionName: string;
  readonly argsJson: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryLimitBytes: number;
  readonly allow: readonly EgressRule[];
  readonly isolation: Isolation;
};

/** A command line that cannot be carried out; the message names the mistake. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `usage: npm run --silent script -- FILE.js FUNCTION [options]
  --args '[…]'          the function's arguments, a JSON array (default [])
  --env '{"NAME":"…"}'  what the script sees as env, a JSON object of strings (default {})
  --timeout-ms N        time limit (default ${LIMITS.timeoutMsDefault}, at most ${LIMITS.timeoutMsMax})
  --memory-mb N         memory limit (default ${LIMITS.memoryLimitBytesDefault / 2 ** 20}, ${LIMITS.memoryLimitBytesMin / 2 ** 20} to ${LIMITS.memoryLimitBytesMax / 2 ** 20})
  --isolation KIND      warm (default) or per_run: an isolate that has run nothing, as with the setting of that name
  --allow HOST:PORT     a destination to open beside the public internet; may be repeated; PORT may be *
Prints one JSON object on the last line. Exit code: 0 completed, 1 any other outcome, 2 misuse.`;

const OPTIONS = {
  args: { type: 'string', default: '[]' },
  env: { type: 'string', default: '{}' },
  'timeout-ms': { type: 'string', default: String(LIMITS.timeoutMsDefault) },
  'memory-mb': { type: 'string', default: String(LIMITS.memoryLimitBytesDefault / 2 ** 20) },
  isolation: { type: 'string', default: 'warm' },
  allow: { type: 'string', multiple: true, default: [] as string[] },
} as const;

const MIB = 2 ** 20;

const json = (name: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${name} is not JSON`);
  }
};

const readArgs = (text: string): string => {
  if (!Array.isArray(json('--args', text))) throw new UsageError('--args is not a JSON array');
  if (Buffer.byteLength(text) > LIMITS.argsBytesMax)
    throw new UsageError(`--args is longer than ${LIMITS.argsBytesMax} bytes`);
  return text;
};

const readEnv = (text: string): Readonly<Record<string, string>> => {
  const value = json('--env', text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError('--env is not a JSON object');
  const wrong = Object.entries(value).find(([, entry]) => typeof entry !== 'string');
  if (wrong !== undefined) throw new UsageError(`--env: ${wrong[0]} is not a string`);
  return value as Record<string, string>;
};

const readNumber = (name: string, text: string, { min, max }: { min: number; max: number }): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`${name} is not a whole number from ${min} to ${max}`);
  return value;
};

const readRule = (text: string): EgressRule => {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d+|\*)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new UsageError(`--allow ${text} is not HOST:PORT`);
  const problem = egressHostProblem(host);
  if (problem !== undefined) throw new UsageError(`--allow ${text}: the host ${problem}`);
  return { host, port: port === '*' ? '*' : readNumber(`--allow ${text}: the port`, port, { min: 1, max: 65535 }) };
};

const readIsolation = (text: string): Isolation => {
  if (text !== 'warm' && text !== 'per_run') throw new UsageError('--isolation is not warm or per_run');
  return text;
};

const parse = (words: readonly string[]) => {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

/** Reads the command line after the program's name. Throws a UsageError. */
export const readScriptArguments = (words: readonly string[]): ScriptArguments => {
  const { positionals, values } = parse(words);
  const [file, functionName, stray] = positionals;
  if (file === undefined) throw new UsageError('FILE.js is missing');
  if (functionName === undefined) throw new UsageError('FUNCTION is missing');
  if (stray !== undefined) throw new UsageError(`unexpected argument ${stray}`);
  const memory = { min: LIMITS.memoryLimitBytesMin / MIB, max: LIMITS.memoryLimitBytesMax / MIB };
  return {
    file,
    functionName,
    argsJson: readArgs(values.args),
    env: readEnv(values.env),
    timeoutMs: readNumber('--timeout-ms', values['timeout-ms'], { min: 1, max: LIMITS.timeoutMsMax }),
    memoryLimitBytes: readNumber('--memory-mb', values['memory-mb'], memory) * MIB,
    allow: values.allow.map(readRule),
    isolation: readIsolation(values.isolation),
  };
};
