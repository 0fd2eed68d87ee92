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

/** A header that is secret is not sent over a network in the clear. */
export const telemetryRules: readonly AcrossRule<TelemetryEnv>[] = [
  {
    of: ['USERFERRY_TRACES_URL', 'USERFERRY_TRACES_HEADERS'],
    problems: ({ USERFERRY_TRACES_URL: url, USERFERRY_TRACES_HEADERS: headers }) =>
      url !== undefined && Object.keys(headers).length > 0 && travelsOpen(url)
        ? ['USERFERRY_TRACES_HEADERS: is secret, so USERFERRY_TRACES_URL must be https:// or on loopback']
        : [],
  },
];

/** The part of a service's configuration that says what it shows of itself. */
export const telemetryConfig = (env: TelemetryEnv): TelemetryConfig => {
  const { USERFERRY_METRICS_PORT: port, USERFERRY_TRACES_URL: url, USERFERRY_TRACES_HEADERS: headers } = env;
  return {
    ...(port !== undefined && { metrics: { host: env.USERFERRY_METRICS_HOST, port } }),
    ...(url !== undefined && { traces: { url, headers, ratio: env.USERFERRY_TRACES_RATIO } }),
  };
};
