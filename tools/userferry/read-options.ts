import type { EgressRule } from '@userferry/sandbox';
import { egressHostProblem, type Isolation, LIMITS } from '@userferry/script-contract';
import { UsageError } from './usage-error.ts';

const MIB = 2 ** 20;

const json = (name: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${name} is not JSON`);
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON object. */
export const readObject = (name: string, text: string): Readonly<Record<string, unknown>> => {
  const value = json(name, text);
  if (!isObject(value)) throw new UsageError(`${name} is not a JSON object`);
  return value;
};

/** A script's arguments as a JSON array. */
export const readArgs = (text: string): readonly unknown[] => {
  const value = json('--args', text);
  if (!Array.isArray(value)) throw new UsageError('--args is not a JSON array');
  if (Buffer.byteLength(text) > LIMITS.argsBytesMax)
    throw new UsageError(`--args is longer than ${LIMITS.argsBytesMax} bytes`);
  return value;
};

/** Variables as a JSON object of strings. */
export const readEnvObject = (text: string): Readonly<Record<string, string>> => {
  const value = readObject('--env', text);
  const wrong = Object.entries(value).find(([, entry]) => typeof entry !== 'string');
  if (wrong !== undefined) throw new UsageError(`--env: ${wrong[0]} is not a string`);
  return value as Record<string, string>;
};

type Range = { readonly min: number; readonly max: number };

const readNumber = (name: string, text: string, { min, max }: Range): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`${name} is not a whole number from ${min} to ${max}`);
  return value;
};

export const readTimeoutMs = (text: string): number =>
  readNumber('--timeout-ms', text, { min: 1, max: LIMITS.timeoutMsMax });

/** In bytes. */
export const readMemoryLimit = (text: string): number =>
  readNumber('--memory-mb', text, { min: LIMITS.memoryLimitBytesMin / MIB, max: LIMITS.memoryLimitBytesMax / MIB }) *
  MIB;

/** As a connection's setting has it. */
export const readIsolation = (text: string): Isolation => {
  if (text !== 'warm' && text !== 'per_run') throw new UsageError('--isolation is not warm or per_run');
  return text;
};

export const readPage = (name: string, text: string): number => readNumber(name, text, { min: 1, max: 1_000_000 });

export const readPort = (name: string, text: string): number => readNumber(name, text, { min: 1, max: 65_535 });

/** A destination as `HOST:PORT`. */
export const readRule = (text: string): EgressRule => {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d+|\*)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new UsageError(`--allow ${text} is not HOST:PORT`);
  const problem = egressHostProblem(host);
  if (problem !== undefined) throw new UsageError(`--allow ${text}: the host ${problem}`);
  return { host, port: port === '*' ? '*' : readPort(`--allow ${text}: the port`, port) };
};
