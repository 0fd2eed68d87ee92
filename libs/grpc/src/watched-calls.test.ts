import { credentials, type ServiceError as GrpcError, Metadata } from '@grpc/grpc-js';
import {
  ListPublicIpsRequest,
  ListPublicIpsResponse,
  PublicIpServiceClient,
  type PublicIpServiceServer,
  PublicIpServiceService,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { ServiceError } from '@userferry/errors';
import { createLogger, type Logger } from '@userferry/process';
import { startTelemetry } from '@userferry/telemetry';
import { type OtlpCollector, startOtlpCollector } from '@userferry/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CallFacts, createClient, createServer, service, serviceTokenAuthenticate } from './index.ts';

const TOKEN = 'a-service-token-of-forty-characters-or-so';
const LIST = 'userferry.publicip.v1.PublicIpService/ListPublicIps';
const silent = createLogger({ service: 'test', level: 'silent' });
const REQUEST = ListPublicIpsRequest.fromPartial({});
const ANSWER = ListPublicIpsResponse.fromPartial({ ips: ['192.0.2.1'] });
const soon = () => ({ requestId: 'request-1', deadlineMs: Date.now() + 10_000 });

let stack: AsyncDisposableStack;
let collector: OtlpCollector;
let metricsPort: number | undefined;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  collector = stack.use(await startOtlpCollector());
  const traces = { url: collector.url, headers: {}, ratio: 1 };
  const config = { metrics: { host: '127.0.0.1', port: 0 }, traces };
  const telemetry = stack.use(await startTelemetry({ service: 'a-service', version: '1', config, log: silent }));
  metricsPort = telemetry.metricsPort;
});
afterEach(() => stack.disposeAsync());

type ListHandler = (request: ListPublicIpsRequest, call: CallFacts) => Promise<ListPublicIpsResponse>;

const unused = () => {
  throw new Error('not part of this test');
};

const serve = async (listPublicIps: ListHandler, log: Logger = silent) => {
  const handlers = { watchPublicIps: async function* () {}, reportEgress: unused, listPublicIps };
  const services = [service<PublicIpServiceServer>(PublicIpServiceService, handlers)];
  const authenticate = serviceTokenAuthenticate([TOKEN]);
  const server = stack.use(
    await createServer({ host: '127.0.0.1', port: 0, services, authenticate, log, callMsMax: 5_000 }),
  );
  const address = `127.0.0.1:${server.port}`;
  return { address, client: stack.use(createClient(PublicIpServiceClient, { address, token: TOKEN })) };
};

const spans = async (count: number) => {
  await expect.poll(() => collector.spans.length, { timeout: 20_000 }).toBe(count);
  return collector.spans;
};

const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();

it('a call through two services is one trace, each span the child of the one that asked', async () => {
  const inner = await serve(async () => ANSWER);
  const outer = await serve((request, call) => inner.client.listPublicIps(request, call));
  await outer.client.listPublicIps(REQUEST, soon());
  const all = await spans(4);
  expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1);
  const chain = [all.find(({ parentSpanId }) => parentSpanId === '')];
  while (chain.length < 4) chain.push(all.find(({ parentSpanId }) => parentSpanId === chain.at(-1)?.spanId));
  expect(chain.map((span) => `${span?.kind} ${span?.name}`)).toEqual(
    ['client', 'server', 'client', 'server'].map((kind) => `${kind} ${LIST}`),
  );
  expect(chain[3]?.attributes).toEqual({
    'rpc.system.name': 'grpc',
    'rpc.method': LIST,
    'rpc.response.status_code': 'OK',
  });
});

it('a caller’s traceparent is continued, and the log line of the call has its ids', async () => {
  const facts: object[] = [];
  const log = Object.assign(Object.create(silent), {
    child: (bound: object) => {
      facts.push(bound);
      return silent;
    },
  });
  const { address } = await serve(async () => ANSWER, log);
  const raw = new PublicIpServiceClient(address, credentials.createInsecure());
  stack.defer(() => raw.close());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${TOKEN}`);
  metadata.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  await new Promise<GrpcError | null>((resolve) => raw.listPublicIps(REQUEST, metadata, resolve));
  const [span] = await spans(1);
  expect(span).toMatchObject({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    kind: 'server',
  });
  expect(facts).toMatchObject([{ trace_id: span?.traceId, span_id: span?.spanId }]);
});

it('a failure of ours marks the span, a caller’s mistake does not; neither is told in words', async () => {
  const failures = ['INTERNAL', 'INVALID_ARGUMENT'] as const;
  for (const reason of failures) {
    const { client } = await serve(async () => Promise.reject(new ServiceError(reason, 'hunter2')));
    await expect(client.listPublicIps(REQUEST, soon())).rejects.toMatchObject({ reason });
  }
  const served = (await spans(4)).filter(({ kind }) => kind === 'server');
  expect(served.map(({ failed, attributes }) => [attributes['rpc.response.status_code'], failed])).toEqual([
    ['INTERNAL', true],
    ['INVALID_ARGUMENT', false],
  ]);
  expect(Buffer.concat(collector.bodies).includes('hunter2')).toBe(false);
});

it('calls are counted on both sides, by their code, and timed', async () => {
  const { client } = await serve(async () => ANSWER);
  await client.listPublicIps(REQUEST, soon());
  const shown = await metrics();
  const labels = 'rpc_service="userferry.publicip.v1.PublicIpService",rpc_method="ListPublicIps"';
  for (const side of ['server', 'client']) {
    expect(shown).toContain(`userferry_grpc_${side}_calls_total{${labels},code="OK"} 1\n`);
    expect(shown).toContain(`userferry_grpc_${side}_call_seconds_count{${labels}} 1\n`);
  }
});

it('a stream is one span and counted once', async () => {
  const { address } = await serve(async () => ANSWER);
  const raw = new PublicIpServiceClient(address, credentials.createInsecure());
  stack.defer(() => raw.close());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${TOKEN}`);
  for await (const _ of raw.watchPublicIps({ region: '' }, metadata)) unused();
  expect((await spans(1))[0]).toMatchObject({ kind: 'server', name: LIST.replace('List', 'Watch') });
  expect(await metrics()).toContain('rpc_method="WatchPublicIps",code="OK"} 1\n');
});
