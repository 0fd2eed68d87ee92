import type { z } from 'zod';
import type { serviceFields } from './fields.ts';
import type { AcrossRule } from './read-env.ts';

/** What a service shows of itself. What is absent is off. */
export type TelemetryConfig = {
  readonly metrics?: { readonly host: string; readonly port: number };
  /** `headers` are secret. `ratio`: of the traces that begin here, 0 to 1. */
  readonly traces?: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly ratio: number;
  };
};

type TelemetryEnv = Pick<
  z.infer<z.ZodObject<typeof serviceFields>>,
  | 'USERFERRY_METRICS_HOST'
  | 'USERFERRY_METRICS_PORT'
  | 'USERFERRY_TRACES_URL'
  | 'USERFERRY_TRACES_HEADERS'
  | 'USERFERRY_TRACES_RATIO'
>;

const travelsOpen = (url: string): boolean => !/^https:|^http:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/.test(url);

const headersProblems = ({ USERFERRY_TRACES_URL: url, USERFERRY_TRACES_HEADERS: headers }: TelemetryEnv) => {
  if (Object.keys(headers).length === 0) return [];
  if (url === undefined) return ['USERFERRY_TRACES_HEADERS: are sent to nobody: set USERFERRY_TRACES_URL, too'];
  return travelsOpen(url)
    ? ['USERFERRY_TRACES_HEADERS: is secret, so USERFERRY_TRACES_URL must be https:// or on loopback']
    : [];
};

type Listening<Name extends string> = TelemetryEnv & { readonly USERFERRY_LISTEN_HOST: string } & {
  readonly [Each in Name]: number;
};

/**
 * What has to hold between the variables: a header that is secret is not sent over a network in the clear, nor to nobody,
 * and metrics have a port of their own beside those that the service listens on (by variable).
 */
export const telemetryRules = <Name extends string>(
  ...ports: readonly Name[]
): readonly AcrossRule<Listening<Name>>[] => [
  { of: ['USERFERRY_TRACES_URL', 'USERFERRY_TRACES_HEADERS'], problems: headersProblems },
  ...ports.map((name) => ({
    of: ['USERFERRY_METRICS_PORT', 'USERFERRY_METRICS_HOST', 'USERFERRY_LISTEN_HOST', name] as const,
    problems: (env: Listening<Name>) =>
      env.USERFERRY_METRICS_PORT === env[name] &&
      env[name] !== 0 &&
      overlap(env.USERFERRY_METRICS_HOST, env.USERFERRY_LISTEN_HOST)
        ? [`USERFERRY_METRICS_PORT: must not be ${name}`]
        : [],
  })),
];

const EVERYWHERE = ['0.0.0.0', '::'];

/** Whether nobody can listen on both at one port. */
const overlap = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((host) => host.replace(/^localhost$/i, '127.0.0.1'));
  return a === b || EVERYWHERE.includes(one) || EVERYWHERE.includes(other);
};

/** The part of a service's configuration that says what it shows of itself. */
export const telemetryConfig = (env: TelemetryEnv): TelemetryConfig => {
  const { USERFERRY_METRICS_PORT: port, USERFERRY_TRACES_URL: url, USERFERRY_TRACES_HEADERS: headers } = env;
  return {
    ...(port !== undefined && { metrics: { host: env.USERFERRY_METRICS_HOST, port } }),
    ...(url !== undefined && { traces: { url, headers, ratio: env.USERFERRY_TRACES_RATIO } }),
  };
};
