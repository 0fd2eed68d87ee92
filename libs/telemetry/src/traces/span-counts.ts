import { createNoopMeter, type Meter, type MeterProvider } from '@opentelemetry/api';
import { count } from '../metrics/meter.ts';

const outcomeOf = (errorType: unknown): 'sent' | 'failed' | 'dropped' => {
  if (errorType === undefined) return 'sent';
  return errorType === 'queue_full' ? 'dropped' : 'failed';
};

/**
 * Takes what the span processor counts of itself (OpenTelemetry's `otel.sdk.processor.span.processed`) under a name of
 * ours. It counts nothing else.
 */
export const spanCounts = (): MeterProvider => {
  const noop = createNoopMeter();
  const createCounter: Meter['createCounter'] = () => ({
    add: (value, attributes) =>
      count('userferry_trace_spans_total', { outcome: outcomeOf(attributes?.['error.type']) }, value),
  });
  return { getMeter: () => Object.assign(Object.create(noop) as Meter, { createCounter }) };
};
