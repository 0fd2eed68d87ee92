import { type Logger as PinoLogger, pino } from 'pino';
import { createLineSink } from './line-sink.ts';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'child' | 'level'>;

export type LoggerOptions = { readonly service: string; readonly level: string };

/** Property names whose values never reach a log line, whatever was handed over by mistake. */
const SECRET_NAMES = [
  'password',
  'secret',
  'token',
  'env',
  'hash',
  'authorization',
  'argsJson',
  'source',
  'profileJson',
];

/** Of the process, however many loggers it has; the first of them tells of lines that are missing. */
const stdout = createLineSink({
  onDropped: (dropped) => first?.error({ dropped }, 'log lines were dropped: standard output did not take them'),
});
let first: Logger | undefined;

/**
 * Structured log, one JSON object a line on standard output: `time` (ISO 8601), `level`, `service`, `msg`, and the
 * facts given. Errors under `err` show name, message and stack; what a gRPC or driver error carries beside is left out.
 */
export const createLogger = ({ service, level }: LoggerOptions): Logger => {
  const log = pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      serializers: { err: errorFacts },
    },
    stdout,
  );
  first ??= log;
  return log;
};

const errorFacts = (error: unknown): unknown => {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return { name, code, stack, ...(cause === undefined ? {} : { cause: errorFacts(cause) }) };
};
