import { randomBytes } from 'node:crypto';
import { credentials, Metadata } from '@grpc/grpc-js';
import {
  IdentityServiceClient,
  LoginRequest,
  type LoginResponse,
  LoginSource,
} from '@userferry/contracts/identity/v1/identity_service';
import { member } from '@userferry/local-services';
import { type OtlpCollector, type SentSpan, startOtlpCollector } from '@userferry/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../world.ts';
import { metricValue, readMetrics } from './metrics-of.ts';
import { spanTree } from './span-tree.ts';

const EDGE_SPAN = 'b7ad6b7169203331';
const WAIT = { timeout: 30_000 };

let stack: AsyncDisposableStack;
let collector: OtlpCollector;
let world: World;
let edge: IdentityServiceClient;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  collector = stack.use(await startOtlpCollector());
  const env = { USERFERRY_TRACES_URL: collector.url, USERFERRY_METRICS_PORT: '0' };
  world = stack.use(await createWorld({ env }));
  edge = new IdentityServiceClient(world.address, credentials.createInsecure());
  stack.defer(() => edge.close());
});
afterAll(() => stack.disposeAsync());
beforeEach(() => collector.be('takes'));

/** A login of an edge that traces: it says which of its own spans the login belongs to. */
const tracedLogin = async (mail: string, password: string) => {
  const traceId = randomBytes(16).toString('hex');
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${world.company.edgeKey}`);
  metadata.set('traceparent', `00-${traceId}-${EDGE_SPAN}-01`);
  const { userPoolId } = world.company;
  const request = LoginRequest.fromPartial({ userPoolId, identifier: { $case: 'email', value: mail }, password });
  const { promise, resolve, reject } = Promise.withResolvers<LoginResponse>();
  edge.login(request, metadata, { deadline: Date.now() + 20_000 }, (error, response) =>
    error ? reject(error) : resolve(response),
  );
  return { traceId, outcome: (await promise).outcome };
};

const spansOf = (traceId: string): readonly SentSpan[] => collector.spans.filter((span) => span.traceId === traceId);

/** All spans of a trace, when those of all three services have come: the gateway's is sent last or not, nobody knows. */
const whole = async (traceId: string, names: readonly string[]): Promise<readonly SentSpan[]> => {
  const missing = () => names.filter((name) => !spansOf(traceId).some((span) => span.name.endsWith(name)));
  await expect.poll(missing, WAIT).toEqual([]);
  return spansOf(traceId);
};

const namesUnder = (lines: readonly string[], depth: number): readonly string[] =>
  lines.filter((line) => /^ */.exec(line)?.[0].length === depth * 2).map((line) => line.trim());

describe('a login is one trace', () => {
  it('through gateway, runner and migration-service, when the legacy database proves the password', async () => {
    const { mail, password } = member(20);
    const { traceId, outcome } = await tracedLogin(mail, password);
    expect(outcome).toMatchObject({ value: { source: LoginSource.CUSTOM_DATABASE, migratedNow: true } });
    const spans = await whole(traceId, [
      'IdentityService/Login',
      'script: run',
      'LoginService/PrepareMigration',
      'users.migrate',
    ]);
    const tree = spanTree(spans, EDGE_SPAN);
    expect(tree).toHaveLength(spans.length);
    expect(namesUnder(tree, 0)).toEqual(['identity-gateway server userferry.identity.v1.IdentityService/Login']);
    const calls = namesUnder(tree, 1).filter((line) => !line.includes('FindApiKey'));
    expect(calls.slice(0, 2)).toEqual([
      'identity-gateway client userferry.migration.v1.LoginService/CheckLogin',
      'identity-gateway client userferry.migration.v1.ConnectionStoreService/GetConnectionSettings',
    ]);
    // These begin in the same moment.
    expect(calls.slice(2).toSorted()).toEqual([
      'identity-gateway client userferry.migration.v1.LoginService/PrepareMigration',
      'identity-gateway client userferry.runner.v1.ScriptRunnerService/RunScript',
    ]);
    const inner = tree.map((line) => line.trim());
    for (const line of [
      'script-runner server userferry.runner.v1.ScriptRunnerService/RunScript',
      'script-runner internal script: wait for a host',
      'script-runner internal script: host',
      'script-runner internal script: run',
      'migration-service internal wait for the proof',
      'migration-service internal password hash: wait',
      'migration-service internal password hash: work',
      'migration-service internal store users.migrate',
    ])
      expect(inner).toContain(line);
  });

  it('of gateway and migration-service alone, when the user is ours by then', async () => {
    const { mail, password } = member(20);
    const { traceId, outcome } = await tracedLogin(mail, password);
    expect(outcome).toMatchObject({ value: { source: LoginSource.LOCAL } });
    const spans = await whole(traceId, ['IdentityService/Login', 'LoginService/CheckLogin', 'password hash: work']);
    const tree = spanTree(spans, EDGE_SPAN);
    expect(tree).toHaveLength(spans.length);
    expect(namesUnder(tree, 1).filter((line) => !line.includes('FindApiKey'))).toEqual([
      'identity-gateway client userferry.migration.v1.LoginService/CheckLogin',
    ]);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['identity-gateway', 'migration-service']));
  });

  it('whose spans lie within those that they are part of, so that their times add up', async () => {
    const { mail, password } = member(21);
    const { traceId } = await tracedLogin(mail, password);
    const spans = await whole(traceId, ['IdentityService/Login', 'script: run', 'LoginService/PrepareMigration']);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    // The clock of a process and that of another, or whole milliseconds of one, may differ by a little.
    const slackNanos = 20_000_000n;
    for (const span of spans) {
      const parent = byId.get(span.parentSpanId);
      expect(span.endNanos).toBeGreaterThanOrEqual(span.startNanos);
      if (parent === undefined) continue;
      expect(span.startNanos + slackNanos, span.name).toBeGreaterThanOrEqual(parent.startNanos);
      expect(span.endNanos - slackNanos, span.name).toBeLessThanOrEqual(parent.endNanos);
    }
  });

  it('whose ids stand in the log line of each of its calls', async () => {
    const { mail, password } = member(22);
    const { traceId } = await tracedLogin(mail, password);
    const services = () =>
      new Set(world.lines.flatMap(({ facts, service }) => (facts?.trace_id === traceId ? [service] : [])));
    await expect.poll(services, WAIT).toEqual(new Set(['identity-gateway', 'migration-service', 'script-runner']));
    await whole(traceId, ['IdentityService/Login']);
    const ids = new Set(spansOf(traceId).map(({ spanId }) => spanId));
    const logged = world.lines.flatMap(({ facts }) => (facts?.trace_id === traceId ? [String(facts.span_id)] : []));
    await expect
      .poll(() => logged.every((id) => spansOf(traceId).some(({ spanId }) => spanId === id)), WAIT)
      .toBe(true);
    expect(ids.size).toBeGreaterThan(0);
  });

  it('that the log history, written later and for many, is no part of', async () => {
    await expect.poll(() => collector.spans.some(({ name }) => name.endsWith('/AppendScriptRuns')), WAIT).toBe(true);
    const appended = collector.spans.filter(
      ({ name, kind }) => kind === 'client' && name.endsWith('/AppendScriptRuns'),
    );
    expect(appended.map(({ parentSpanId }) => parentSpanId)).toEqual(appended.map(() => ''));
  });
});

describe('a collector that', () => {
  it.each(['refuses', 'hangs'] as const)('%s neither delays nor fails a login', async (mood) => {
    collector.be(mood);
    const bodies = collector.bodies.length;
    const { mail, password } = member(mood === 'refuses' ? 23 : 24);
    const began = performance.now();
    for (let round = 0; round < 10; round += 1) {
      const { outcome } = await tracedLogin(mail, password);
      expect(outcome?.$case).toBe('authenticated');
    }
    // The collector is given three seconds: logins that waited for it would take thirty.
    expect(performance.now() - began).toBeLessThan(20_000);
    await expect.poll(() => collector.bodies.length, WAIT).toBeGreaterThan(bodies);
    await expect
      .poll(
        async () => metricValue(await readMetrics(world.lines), 'userferry_trace_spans_total{outcome="failed"}'),
        WAIT,
      )
      .toBeGreaterThan(0);
    const isTold = () => world.lines.some(({ facts }) => facts?.msg === 'traces cannot be sent to the collector');
    await expect.poll(isTold, WAIT).toBe(true);
  });
});
