export {
  EGRESS_RULES,
  HOST_DEATHS,
  HOST_STATES,
  LOGIN_OUTCOMES,
  LOGIN_REASONS,
  LOGIN_SOURCES,
  MIGRATION_RESULTS,
} from './metrics/label-values.ts';
export {
  type CounterName,
  count,
  type GaugeName,
  type HistogramName,
  type Labels,
  observe,
  type Reading,
  showGauge,
} from './metrics/meter.ts';
export type { LabelTable, LabelValues, Metric } from './metrics/metric.ts';
export { METRICS, METRICS_OF_EVERY_SERVICE, METRICS_OF_SERVICE, type MetricName } from './metrics/metric-names.ts';
export { serveMetrics } from './metrics/serve-metrics.ts';
export { startTelemetry, type Telemetry, type TelemetryOptions } from './start-telemetry.ts';
export { inSpan, type LiveSpan, outsideSpans, type SpanFacts, type SpanOptions, startSpan } from './traces/span.ts';
