import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

/** What a span says beside its name and times: names of things, codes, counts. Never a value that somebody typed. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

export type SpanOptions = {
  readonly kind?: 'server' | 'client' | 'internal';
  readonly facts?: SpanFacts;
  /** Of a server's span: the `traceparent` that its caller sent. */
  readonly traceparent?: string | undefined;
  /** Epoch milliseconds; now by default. */
  readonly startMs?: number;
};

/** A span under way. Where nothing is traced every function of it does nothing. */
export type LiveSpan = {
  /** For log lines; `undefined` where nothing is traced. */
  readonly ids: { readonly trace_id: string; readonly span_id: string } | undefined;
  /** W3C Trace Context: tells another service which span it works for. */
  readonly traceparent: string | undefined;
  /** Runs `work` with this as the span that further ones are children of. */
  readonly run: <T>(work: () => T) => T;
  readonly add: (facts: SpanFacts) => void;
  /** `failed`: the reason or the code, marks it as an error. `endMs`: epoch milliseconds. */
  readonly end: (end?: { readonly failed?: string | undefined; readonly endMs?: number }) => void;
};

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

const current = new AsyncLocalStorage<Span>();
let tracer: Tracer | undefined;

/** From now on spans are made by this tracer; by none, where it is `undefined`. */
export const useTracer = (next: Tracer | undefined): void => {
  tracer = next;
};

const NO_SPAN: LiveSpan = {
  ids: undefined,
  traceparent: undefined,
  run: (work) => work(),
  add: () => undefined,
  end: () => undefined,
};

const headerOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** `tracestate` is left out: what others wrote there is not ours to pass on. */
const remoteParent = (traceparent: string | undefined): SpanContext | undefined => {
  const parsed = traceparent === undefined ? null : parseTraceParent(traceparent);
  return parsed === null ? undefined : { ...parsed, isRemote: true };
};

const parentContext = (traceparent: string | undefined) => {
  const parent = remoteParent(traceparent);
  if (parent !== undefined) return trace.setSpanContext(ROOT_CONTEXT, parent);
  const around = current.getStore();
  return around === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, around);
};

/** Starts a span: a child of the one that is current, of its caller's where a server got a `traceparent`, else a root. */
export const startSpan = (
  name: string,
  { kind = 'internal', facts = {}, traceparent, startMs }: SpanOptions = {},
): LiveSpan => {
  if (tracer === undefined) return NO_SPAN;
  const times = startMs === undefined ? {} : { startTime: startMs };
  const span = tracer.startSpan(
    name,
    { kind: KINDS[kind], attributes: { ...facts }, ...times },
    parentContext(traceparent),
  );
  const context = span.spanContext();
  return {
    ids: { trace_id: context.traceId, span_id: context.spanId },
    traceparent: headerOf(context),
    run: (work) => current.run(span, work),
    add: (more) => void span.setAttributes({ ...more }),
    end: ({ failed, endMs } = {}) => {
      if (failed !== undefined) span.setAttribute('error.type', failed).setStatus({ code: SpanStatusCode.ERROR });
      span.end(endMs);
    },
  };
};

/** A thrown error in one word: its reason where it has one of ours, else its class. Its message may hold anything. */
const wordOf = (error: unknown): string => {
  const { reason } = (error ?? {}) as { reason?: unknown };
  if (typeof reason === 'string') return reason;
  return error instanceof Error ? error.constructor.name : 'thrown';
};

/** Runs `work` in a span of its own, which ends with it. */
export const inSpan = async <T>(
  name: string,
  work: (span: LiveSpan) => Promise<T>,
  options?: SpanOptions,
): Promise<T> => {
  if (tracer === undefined) return work(NO_SPAN);
  const span = startSpan(name, options);
  try {
    const result = await span.run(() => work(span));
    span.end();
    return result;
  } catch (error) {
    span.end({ failed: wordOf(error) });
    throw error;
  }
};

/** Runs `work`, and what it sets off, as part of no span: for what a call leaves behind and is done later for many. */
export const outsideSpans = <T>(work: () => T): T => current.exit(work);
