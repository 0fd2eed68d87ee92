import type { Logger, TelemetryConfig } from '@userferry/process';
import { showProcess } from './metrics/process-metrics.ts';
import { serveMetrics } from './metrics/serve-metrics.ts';
import { startTracing } from './traces/start-tracing.ts';

export type TelemetryOptions = {
  readonly service: string;
  readonly version: string;
  readonly config: TelemetryConfig;
  readonly log: Logger;
};

export type Telemetry = AsyncDisposable & {
  /** Where metrics are served; `undefined` where they are not. */
  readonly metricsPort: number | undefined;
};

/**
 * Turns on what is configured of metrics and traces, for this process. What is not configured costs nothing.
 * Fails with an Error when the port for metrics is taken.
 */
export const startTelemetry = async ({ service, version, config, log }: TelemetryOptions): Promise<Telemetry> => {
  const stack = new AsyncDisposableStack();
  const { metrics, traces } = config;
  if (traces !== undefined) stack.use(startTracing({ service, version, ...traces, log }));
  const server = metrics && stack.use(await serveMetrics({ service, ...metrics }));
  if (server !== undefined) stack.use(showProcess(service, version));
  return { metricsPort: server?.port, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};
