/** How a run ended, as its guest says: hostile input like everything that comes over the bridge. */
import { RESULT_CHARACTERS_MAX } from '../../bridge/frame-limits.ts';
import type { ReportedError, RunReport } from '../../bridge/operations.ts';
import { asText } from './arguments.ts';

const KINDS: readonly unknown[] = ['returned', 'threw', 'syntax_error', 'invalid_result', 'quota_exceeded'];
const NAME_MAX = 256;
const MESSAGE_MAX = 16 * 1024;
const CHAIN_MAX = 64;

type Fields = Readonly<Record<string, unknown>>;
type Link = ReportedError['chain'][number];

function asFields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null) return value as Fields;
  throw new TypeError(`${what} has the wrong type`);
}

function asLink(value: unknown): Link {
  const { name, message, code } = asFields(value, 'error');
  const link = {
    name: asText(name, 'name').slice(0, NAME_MAX),
    message: asText(message, 'message').slice(0, MESSAGE_MAX),
  };
  return code === undefined ? link : { ...link, code: asText(code, 'code', NAME_MAX) };
}

/** A line or column, as far as it is one: of 32 bits, as it is told on. */
const place = (name: 'line' | 'column', value: unknown): { readonly [name: string]: number } =>
  typeof value === 'number' && (value | 0) === value ? { [name]: value } : {};

function asError(value: unknown): ReportedError {
  const { chain, line, column } = asFields(value, 'error');
  if (!Array.isArray(chain) || chain.length > CHAIN_MAX) throw new TypeError('chain has the wrong type');
  return { ...asLink(value), ...place('line', line), ...place('column', column), chain: chain.map(asLink) };
}

/** Throws a `TypeError` for what is no report. */
export function asRunReport(value: unknown): RunReport {
  const { kind, resultJson, error, uncaught } = asFields(value, 'report');
  if (!KINDS.includes(kind)) throw new TypeError('There is no such end of a run');
  return {
    kind: kind as RunReport['kind'],
    ...(kind === 'returned' ? { resultJson: asText(resultJson, 'result', RESULT_CHARACTERS_MAX) } : {}),
    ...(error === undefined ? {} : { error: asError(error) }),
    ...(uncaught === true ? { uncaught } : {}),
  };
}
