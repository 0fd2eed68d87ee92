import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '@userferry/process';
import { useTracer } from './span.ts';
import { spanCounts } from './span-counts.ts';

export type TracingOptions = {
  readonly service: string;
  readonly version: string;
  /** Where a collector takes OTLP over HTTP, with its path. */
  readonly url: string;
  /** Sent with each batch: a secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the traces that begin here, 0 to 1. Whoever sends a `traceparent` has decided already. */
  readonly ratio: number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
};

/** Spans that wait to be sent; beyond, they are dropped and counted. */
const WAITING_MAX = 4_096;
const BATCH_MAX = 512;
const SEND_EVERY_MS = 1_000;
/** A collector that does not answer: its batch is given up after so long, repeats included. */
const SEND_MS_MAX = 3_000;
/** A service that stops waits no longer than this for its last spans to leave. */
const LAST_SPANS_MS_MAX = 2_000;

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

/** Tells once that the collector is away, and once that it is back: the spans of a day are no reason for a day of lines. */
const telling = (exporter: SpanExporter, log: TracingOptions['log']): SpanExporter => {
  let away = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        if (failed && !away) log.warn({ code: codeOf(result.error) }, 'traces cannot be sent to the collector');
        if (!failed && away) log.info('traces are sent to the collector again');
        away = failed;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
};

const processorOf = ({ url, headers, log }: TracingOptions): BatchSpanProcessor => {
  const agent = { keepAlive: true, maxSockets: 2 };
  const exporter = new OTLPTraceExporter({
    url,
    headers: { ...headers },
    timeoutMillis: SEND_MS_MAX,
    httpAgentOptions: agent,
  });
  return new BatchSpanProcessor({
    exporter: telling(exporter, log),
    maxQueueSize: WAITING_MAX,
    maxExportBatchSize: BATCH_MAX,
    scheduledDelayMillis: SEND_EVERY_MS,
    exportTimeoutMillis: SEND_MS_MAX,
    selfObsMeterProvider: spanCounts(),
  });
};

const atMost = (ms: number, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(end, end);
  });

/**
 * From now on spans are made and sent, off the path of what they are about: a collector that refuses or hangs costs the
 * spans that find no room and nothing else. Disposing it sends what waits, as far as that is possible in two seconds.
 */
export const startTracing = (options: TracingOptions): AsyncDisposable => {
  const { service, version, ratio } = options;
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [processorOf(options)],
  });
  useTracer(provider.getTracer('userferry'));
  const stop = async (): Promise<void> => {
    useTracer(undefined);
    await atMost(LAST_SPANS_MS_MAX, provider.shutdown());
  };
  return { [Symbol.asyncDispose]: stop };
};
