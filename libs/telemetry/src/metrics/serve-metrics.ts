import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { AggregationTemporality, InstrumentType, MeterProvider } from '@opentelemetry/sdk-metrics';
import { closeMeter, openMeter } from './meter.ts';
import { metricsOf } from './metric-names.ts';

export type MetricsServer = AsyncDisposable & { readonly port: number };

/** Of a gauge only what is read now is shown: by itself the reader would go on showing what is gone. */
class PresentGauges extends PrometheusExporter {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
  }
}

export type MetricsOptions = {
  /** Whose metrics: those of `metric-names.ts` that a service of this name has. */
  readonly service: string;
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
};

/** Whoever reads metrics needs one or two. */
const CONNECTIONS_MAX = 64;

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`cannot serve metrics on ${host}:${port}: ${error.message}`)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

const answer =
  (exporter: PrometheusExporter): RequestListener =>
  (request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end('see /metrics\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
    exporter.getMetricsRequestHandler(request, response);
  };

/**
 * Serves what is recorded as `GET /metrics` in Prometheus' text format; until then nothing is recorded.
 * Fails with an Error when it cannot listen there.
 */
export const serveMetrics = async ({ service, host, port }: MetricsOptions): Promise<MetricsServer> => {
  const exporter = new PresentGauges({ preventServerStart: true, withoutScopeInfo: true, withoutTargetInfo: true });
  const provider = new MeterProvider({ readers: [exporter] });
  const server = createServer({ requestTimeout: 10_000 }, answer(exporter));
  server.maxConnections = CONNECTIONS_MAX;
  const bound = await listen(server, port, host);
  openMeter(provider.getMeter('userferry'), metricsOf(service));
  const stop = async (): Promise<void> => {
    closeMeter();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await provider.shutdown();
  };
  return { port: bound, [Symbol.asyncDispose]: stop };
};
