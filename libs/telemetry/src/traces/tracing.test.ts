import { createLogger } from '@userferry/process';
import { type OtlpCollector, startOtlpCollector } from '@userferry/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serveMetrics } from '../metrics/serve-metrics.ts';
import { inSpan, outsideSpans, startSpan } from './span.ts';
import { startTracing } from './start-tracing.ts';

const log = createLogger({ service: 'test', level: 'silent' });
let collector: OtlpCollector;
let stack: AsyncDisposableStack;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  collector = stack.use(await startOtlpCollector());
});
afterEach(() => stack.disposeAsync());

const trace = (options: { ratio?: number; url?: string; headers?: Record<string, string> } = {}) =>
  startTracing({ service: 'a-service', version: '1', url: collector.url, headers: {}, ratio: 1, log, ...options });

const spanNames = () => collector.spans.map(({ name }) => name).sort();

it('a span inside another is its child, and both are of one service and trace', async () => {
  await using _ = trace();
  await inSpan('outer', () => inSpan('inner', async () => undefined, { facts: { count: 2 } }));
  await expect.poll(spanNames, { timeout: 20_000 }).toEqual(['inner', 'outer']);
  const [inner, outer] = collector.spans.toSorted((a, b) => a.name.localeCompare(b.name));
  expect(inner).toMatchObject({ service: 'a-service', parentSpanId: outer?.spanId, traceId: outer?.traceId });
  expect(inner?.attributes).toEqual({ count: 2 });
  expect(outer?.parentSpanId).toBe('');
});

it('a caller’s trace is continued, whatever our own share of traces is; its tracestate is not passed on', async () => {
  await using _ = trace({ ratio: 0 });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const server = startSpan('served', { kind: 'server', traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  expect(server.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  server.end();
  startSpan('a root of our own').end();
  await expect.poll(spanNames, { timeout: 20_000 }).toEqual(['served']);
  expect(collector.spans[0]).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331', kind: 'server' });
});

it.each(['', 'nonsense', '00-00000000000000000000000000000000-b7ad6b7169203331-01', 'x'.repeat(5_000)])(
  'a traceparent that is none (%#) begins a new trace',
  async (traceparent) => {
    await using _ = trace();
    const span = startSpan('served', { kind: 'server', traceparent });
    expect(span.ids?.trace_id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    span.end();
  },
);

it('what fails is marked with a word and not with its message, which may hold anything', async () => {
  await using _ = trace();
  await expect(inSpan('work', () => Promise.reject(new TypeError('hunter2')))).rejects.toThrow('hunter2');
  await expect.poll(spanNames, { timeout: 20_000 }).toEqual(['work']);
  expect(collector.spans[0]).toMatchObject({ failed: true, attributes: { 'error.type': 'TypeError' } });
  expect(Buffer.concat(collector.bodies).includes('hunter2')).toBe(false);
});

it('what is done later for many belongs to no span', async () => {
  await using _ = trace();
  await inSpan('call', async () => outsideSpans(() => inSpan('batch', async () => undefined)));
  await expect.poll(spanNames, { timeout: 20_000 }).toEqual(['batch', 'call']);
  expect(collector.spans.map(({ parentSpanId }) => parentSpanId)).toEqual(['', '']);
});

it('where nothing is traced, spans are nothing and work is done as ever', async () => {
  const span = startSpan('nothing');
  expect(span).toMatchObject({ ids: undefined, traceparent: undefined });
  expect(await inSpan('nothing', async () => 7)).toBe(7);
  expect(collector.bodies).toEqual([]);
});

it('headers reach the collector', async () => {
  await using _ = trace({ headers: { authorization: 'Bearer of-the-collector' } });
  startSpan('one').end();
  await expect.poll(spanNames, { timeout: 20_000 }).toEqual(['one']);
  expect(collector.headers()).toMatchObject({ authorization: 'Bearer of-the-collector' });
});

const metricsText = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

it.each(['refuses', 'hangs'] as const)(
  'a collector that %s costs the spans that find no room, counted, and delays nothing',
  async (mood) => {
    collector.be(mood);
    await using metrics = await serveMetrics({ service: 'all', host: '127.0.0.1', port: 0 });
    const tracing = trace();
    for (let n = 0; n < 20_000; n += 1) startSpan('one of many').end();
    const valueIn = (text: string, outcome: string) =>
      Number(new RegExp(`^userferry_trace_spans_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
    await expect
      .poll(async () => valueIn(await metricsText(metrics.port), 'dropped'), { timeout: 20_000 })
      .toBeGreaterThan(10_000);
    await expect
      .poll(async () => valueIn(await metricsText(metrics.port), 'failed'), { timeout: 30_000 })
      .toBeGreaterThan(0);
    expect(valueIn(await metricsText(metrics.port), 'sent')).toBe(0);
    await tracing[Symbol.asyncDispose]();
  },
);

it('that the collector is away is told once, and that it is back once', async () => {
  collector.be('refuses');
  const told: string[] = [];
  const tell = (first: unknown, second?: string) => void told.push(second ?? String(first));
  await using _ = startTracing({
    ...{ service: 'a-service', version: '1', url: collector.url, headers: {}, ratio: 1 },
    log: { info: tell, warn: tell } as never,
  });
  await expect
    .poll(
      () => {
        startSpan('one').end();
        return told;
      },
      { timeout: 30_000 },
    )
    .toEqual(['traces cannot be sent to the collector']);
  collector.be('takes');
  await expect
    .poll(
      () => {
        startSpan('one').end();
        return told;
      },
      { timeout: 30_000 },
    )
    .toEqual(['traces cannot be sent to the collector', 'traces are sent to the collector again']);
});
