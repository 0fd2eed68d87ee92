import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { count, observe, showGauge } from './meter.ts';
import { METRICS } from './metric-names.ts';
import { showProcess } from './process-metrics.ts';
import { type MetricsServer, serveMetrics } from './serve-metrics.ts';

let server: MetricsServer;
beforeEach(async () => {
  server = await serveMetrics({ service: 'all', host: '127.0.0.1', port: 0 });
});
afterEach(() => server[Symbol.asyncDispose]());

const get = (path = '/metrics', init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
const text = async () => (await get()).text();

describe('metrics', () => {
  it('are read as Prometheus reads them, each with its help', async () => {
    count('userferry_logins_total', { outcome: 'rejected', source: 'none', reason: 'INVALID_CREDENTIALS' });
    observe('userferry_password_hash_seconds', 0.2, {});
    const shown = await text();
    expect(shown).toContain('# TYPE userferry_logins_total counter\n');
    expect(shown).toContain(
      'userferry_logins_total{outcome="rejected",source="none",reason="INVALID_CREDENTIALS"} 1\n',
    );
    expect(shown).toContain('userferry_password_hash_seconds_bucket{le="0.15"} 0\n');
    expect(shown).toContain('userferry_password_hash_seconds_bucket{le="0.2"} 1\n');
    expect(shown).toContain(`# HELP userferry_password_hash_seconds ${METRICS.userferry_password_hash_seconds.help}\n`);
  });

  it('never take a value into a label that is not in its list', async () => {
    const foreign = { outcome: 'rejected', source: 'none', reason: 'ann@acme.example' } as never;
    count('userferry_logins_total', foreign);
    expect(await text()).toContain('userferry_logins_total{outcome="rejected",source="none",reason="other"} 1\n');
  });

  it('that count few things are there before the first of them', async () => {
    expect(await text()).toContain('userferry_runner_refusals_total{reason="runner_full"} 0\n');
  });

  it('show a gauge as it is when somebody asks, and no longer than it is shown', async () => {
    let waiting = 3;
    const shown = showGauge('userferry_run_queue_waiting', () => [[waiting, {}]]);
    expect(await text()).toContain('userferry_run_queue_waiting 3\n');
    waiting = 5;
    expect(await text()).toContain('userferry_run_queue_waiting 5\n');
    shown[Symbol.dispose]();
    expect(await text()).not.toMatch(/^userferry_run_queue_waiting \d/m);
  });

  it('show of a gauge with labels what is there now, not what was', async () => {
    const all = [1, 2].map((value) => [value, { state: 'pinned', region: `r${value}` }] as const);
    using _ = showGauge('userferry_public_ips', () => all);
    expect(await text()).toContain('region="r2"} 2\n');
    all.pop();
    expect(await text()).not.toContain('region="r2"');
  });

  it.runIf(process.platform === 'linux')('tell how many file descriptors are open, and how many may be', async () => {
    using _ = showProcess('identity-gateway', '0.0.0');
    const shown = await text();
    const [open, max] = ['open', 'max'].map((which) =>
      Number(new RegExp(`^process_${which}_fds (\\d+)$`, 'm').exec(shown)?.[1]),
    ) as [number, number];
    expect(open).toBeGreaterThan(0);
    expect(max).toBeGreaterThan(open);
  });

  it('of a service are its own and those of every service', async () => {
    await using gateway = await serveMetrics({ service: 'identity-gateway', host: '127.0.0.1', port: 0 });
    const shown = await (await fetch(`http://127.0.0.1:${gateway.port}/metrics`)).text();
    expect(shown).toContain('userferry_settings_lookups_total');
    expect(shown).not.toContain('userferry_egress_denials_total');
  });

  it('are served at /metrics and by GET alone', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics', { method: 'POST' })).status).toBe(405);
    expect((await get('/metrics?x=1')).status).toBe(200);
  });

  it('say which address could not be taken', async () => {
    await expect(serveMetrics({ service: 'all', host: '127.0.0.1', port: server.port })).rejects.toThrow(
      `cannot serve metrics on 127.0.0.1:${server.port}`,
    );
  });
});

it('every metric is named as Prometheus wants it: units and totals last, and no label that grows', () => {
  for (const [name, { type, labels, help }] of Object.entries(METRICS)) {
    expect(name).toMatch(/^(userferry|process)_[a-z_]+$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter' || type === 'observed_counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(help).toMatch(/\.$|PUBLIC_IPS|\)$/);
    for (const label of Object.keys(labels)) expect(label).not.toMatch(/pool|user|host|address|email|connection/);
  }
});
