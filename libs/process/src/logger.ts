import { type Logger as PinoLogger, pino } from 'pino';
import { createLineSink } from './line-sink.ts';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'child' | 'level'>;

export type LoggerOptions = { readonly service: string; readonly level: string };

/** Property names whose values never reach a log line, whatever was handed over by mistake. */
const SECRET_NAMES = new Set([
  'password',
  'secret',
  'token',
  'env',
  'hash',
  'authorization',
  'argsJson',
  'source',
  'profileJson',
]);

type Facts = Record<string, unknown>;

const isFacts = (value: unknown): value is Facts =>
  typeof value === 'object' && value !== null && !(value instanceof Error);

/**
 * The facts without what stands under such a name, there or one level below. pino's own `redact` does the same and took
 * as long as all the rest of a line: it looks for each path in each object.
 */
const withoutSecrets = (facts: Facts, levelsBelow = 1): Facts => {
  let open = facts;
  for (const name of Object.keys(facts)) {
    const value = facts[name];
    const below = levelsBelow > 0 && isFacts(value) ? withoutSecrets(value, levelsBelow - 1) : value;
    const shown = SECRET_NAMES.has(name) && value !== undefined ? '[redacted]' : below;
    if (shown === value) continue;
    // Whoever handed it over keeps it as it is.
    if (open === facts) open = Array.isArray(facts) ? Object.assign([], facts) : { ...facts };
    open[name] = shown;
  }
  return open;
};

/** Of the process, however many loggers it has. */
const stdout = createLineSink();

/**
 * Structured log, one JSON object a line on standard output: `time` (ISO 8601), `level`, `service`, `msg`, and the
 * facts given. Errors under `err` show name, message and stack; what a gRPC or driver error carries beside is left out.
 */
export const createLogger = ({ service, level }: LoggerOptions): Logger => {
  const root = pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: (facts) => withoutSecrets(facts) },
      serializers: { err: errorFacts },
    },
    stdout,
  );
  const { child } = root;
  // pino formats no facts of a child's; children inherit this.
  root.child = function (this: PinoLogger, facts: Facts) {
    return child.call(this, withoutSecrets(facts));
  } as typeof child;
  return root;
};

const errorFacts = (error: unknown): unknown => {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return { name, code, stack, ...(cause === undefined ? {} : { cause: errorFacts(cause) }) };
};
