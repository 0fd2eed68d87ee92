import { ServiceError } from '@userferry/errors';
import { createLogger } from '@userferry/process';
import type { RunRequest, Sandbox } from '@userferry/sandbox';
import type { RunResult } from '@userferry/script-contract';
import { startTelemetry } from '@userferry/telemetry';
import { type OtlpCollector, startOtlpCollector } from '@userferry/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchedRun } from './watch-run.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const REQUEST = { functionName: 'login', runId: 'run-1', connectionKey: 'somebody' } as RunRequest;
const never = new AbortController().signal;

let stack: AsyncDisposableStack;
let collector: OtlpCollector;
let metrics: () => Promise<string>;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  collector = stack.use(await startOtlpCollector());
  const config = { metrics: { host: '127.0.0.1', port: 0 }, traces: { url: collector.url, headers: {}, ratio: 1 } };
  const telemetry = stack.use(await startTelemetry({ service: 'script-runner', version: '1', config, log }));
  metrics = async () => (await fetch(`http://127.0.0.1:${telemetry.metricsPort}/metrics`)).text();
});
afterEach(() => stack.disposeAsync());

const resultOf = (outcome: RunResult['outcome']): RunResult => ({
  outcome,
  logs: [{ level: 'info', text: 'hunter2', atMs: 1 }],
  error: { name: 'Error', message: 'hunter2' },
  usage: { wallMs: 20, cpuMs: 4.4, heapBytes: 1_000 },
});

/** A sandbox where a run waits, is given a host or not, and ends as told. */
const sandboxOf = (outcome: RunResult['outcome'], host?: { readonly isNew: boolean }): Pick<Sandbox, 'run'> => ({
  run: async (_request, _signal, onHost) => {
    if (host !== undefined) onHost?.(host);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return resultOf(outcome);
  },
});

const spans = async (count: number) => {
  await expect.poll(() => collector.spans.length, { timeout: 20_000 }).toBe(count);
  return collector.spans.toSorted((a, b) => Number(a.startNanos - b.startNanos) || Number(a.endNanos - b.endNanos));
};

it('a run is three spans, one after the other: its wait, its host, and itself', async () => {
  await watchedRun(sandboxOf('threw', { isNew: true }))(REQUEST, never);
  const all = await spans(3);
  expect(all.map(({ name }) => name)).toEqual(['script: wait for a host', 'script: host', 'script: run']);
  expect(all[1]?.attributes).toEqual({ 'userferry.host_is_new': true });
  expect(all[2]?.attributes).toEqual({
    'userferry.action': 'login',
    'userferry.outcome': 'threw',
    'userferry.cpu_ms': 4,
    'userferry.heap_bytes': 1_000,
  });
  expect(all[0]?.endNanos).toBe(all[1]?.startNanos);
  expect(all[1]?.endNanos).toBe(all[2]?.startNanos);
  expect(Buffer.concat(collector.bodies).includes('hunter2')).toBe(false);
});

it('runs are counted by action and outcome, their time, their processor time and their wait', async () => {
  await watchedRun(sandboxOf('completed', { isNew: false }))(REQUEST, never);
  const text = await metrics();
  expect(text).toContain('userferry_script_runs_total{action="login",outcome="completed"} 1\n');
  expect(text).toContain('userferry_script_run_seconds_sum{action="login"} 0.02\n');
  expect(text).toContain('userferry_script_cpu_seconds_total{action="login"} 0.0044');
  expect(text).toContain('userferry_run_queue_seconds_count 1\n');
});

it('a run that never had a host is one span, and counts as refused for its connection’s own sake', async () => {
  await watchedRun(sandboxOf('overloaded'))(REQUEST, never);
  expect((await spans(1)).map(({ name }) => name)).toEqual(['script: wait for a host']);
  const text = await metrics();
  expect(text).toContain('userferry_runner_refusals_total{reason="overloaded"} 1\n');
  expect(text).not.toContain('userferry_run_queue_seconds_count');
});

it('a run that the runner has no room for counts as the runner’s refusal, and its error stays what it is', async () => {
  const full = new ServiceError('RUNNER_OVERLOADED', 'too many runs are waiting already');
  await expect(watchedRun({ run: () => Promise.reject(full) })(REQUEST, never)).rejects.toBe(full);
  expect(await metrics()).toContain('userferry_runner_refusals_total{reason="runner_full"} 1\n');
});
