import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startWebAnswers } from '../address-sources/start-web-answers.ts';
import { readSpans, type SentSpan } from './read-spans.ts';

/** `takes` what it gets; `refuses` with 503; `hangs` without ever an answer. */
export type CollectorMood = 'takes' | 'refuses' | 'hangs';

/** A collector of OpenTelemetry traces (OTLP over HTTP, protobuf) on loopback. */
export type OtlpCollector = AsyncDisposable & {
  /** With its path. */
  readonly url: string;
  /** What it took so far. */
  readonly spans: readonly SentSpan[];
  /** Everything that it was ever sent, byte for byte, whatever its mood. */
  readonly bodies: readonly Buffer[];
  /** Headers of the last request. */
  readonly headers: () => IncomingMessage['headers'];
  be(mood: CollectorMood): void;
};

export const startOtlpCollector = async (): Promise<OtlpCollector> => {
  const state = { mood: 'takes' as CollectorMood, headers: {} as IncomingMessage['headers'] };
  const spans: SentSpan[] = [];
  const bodies: Buffer[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    state.headers = request.headers;
    const body = await buffer(request);
    bodies.push(body);
    if (state.mood === 'hangs') return;
    if (state.mood === 'refuses') return void response.writeHead(503).end();
    spans.push(...readSpans(body));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  };
  const server = await startWebAnswers((request, response) => void take(request, response).catch(() => undefined));
  return {
    url: `${server.url}/v1/traces`,
    spans,
    bodies,
    headers: () => state.headers,
    be: (mood) => {
      state.mood = mood;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
