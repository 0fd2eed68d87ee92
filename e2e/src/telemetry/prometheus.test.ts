import { createLogin, member, setUpCompany } from '@userferry/local-services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../world.ts';
import { metricsPorts, metricValue, readMetrics } from './metrics-of.ts';
import { hasPrometheus, type Prometheus, startPrometheus } from './start-prometheus.ts';

const WAIT = { timeout: 60_000, interval: 500 };

let stack: AsyncDisposableStack;
let world: World;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  // Two at a time, of which one may be made ahead, on whatever machine.
  const hashes = { USERFERRY_HASHES_IN_FLIGHT: '2' };
  const env = { USERFERRY_METRICS_PORT: '0', USERFERRY_EGRESS_ADDRESSES: '198.51.100.7', ...hashes };
  world = stack.use(await createWorld({ env }));
});
afterAll(() => stack.disposeAsync());

const valueOfSeries = async (series: string) => metricValue(await readMetrics(world.lines), series);

it('each service serves its own metrics, and says where', () => {
  expect([...metricsPorts(world.lines).keys()].sort()).toEqual([
    'identity-gateway',
    'migration-service',
    'public-ip-service',
    'script-runner',
  ]);
});

it('logins, runs, hashes, calls of the store and steps into it are counted where they happen', async () => {
  const { mail, password } = member(40);
  await world.login(mail, password);
  await world.login(mail, password);
  await world.login(mail, 'not it');
  await world.login(member(41).mail, 'not it');
  const expected = {
    'userferry_logins_total{outcome="authenticated",source="custom_database",reason="none"}': 1,
    'userferry_logins_total{outcome="authenticated",source="local",reason="none"}': 1,
    'userferry_logins_total{outcome="rejected",source="local",reason="INVALID_CREDENTIALS"}': 1,
    'userferry_logins_total{outcome="rejected",source="custom_database",reason="INVALID_CREDENTIALS"}': 1,
    'userferry_login_seconds_count{outcome="authenticated",source="local"}': 1,
    'userferry_script_runs_total{action="login",outcome="completed"}': 1,
    'userferry_script_runs_total{action="login",outcome="threw"}': 1,
    'userferry_migrations_total{result="migrated"}': 1,
    // The hash of who migrated, two checks of it, and one of a password that was not proven.
    userferry_password_hash_seconds_count: 4,
    'userferry_password_hashes_ahead_total{result="used"}': 1,
    'userferry_password_hashes_ahead_total{result="unused"}': 1,
    'userferry_store_calls_total{repository="users",call="migrate",outcome="ok"}': 1,
    'userferry_settings_lookups_total{result="miss"}': 1,
    'userferry_settings_lookups_total{result="hit"}': 1,
    userferry_store_up: 1,
  };
  const found = async () => {
    const text = await readMetrics(world.lines);
    return Object.fromEntries(Object.keys(expected).map((series) => [series, metricValue(text, series)]));
  };
  await expect.poll(found, WAIT).toEqual(expected);
});

it('isolate hosts are shown by what they do, and their memory', async () => {
  await expect.poll(() => valueOfSeries('userferry_isolate_hosts{state="warm"}'), WAIT).toBe(1);
  await expect.poll(() => valueOfSeries('userferry_isolate_hosts{state="blank"}'), WAIT).toBeGreaterThanOrEqual(1);
  expect(await valueOfSeries('userferry_isolate_hosts_resident_bytes')).toBeGreaterThan(10 * 1024 * 1024);
  expect(await valueOfSeries('userferry_isolate_host_starts_total')).toBeGreaterThanOrEqual(2);
});

it('a login that a legacy database leaves undecided is counted by why, and as no wrong password', async () => {
  await world.legacy.server.pause();
  const outcome = await world.login(member(42).mail, member(42).password);
  await world.legacy.server.resume();
  expect(outcome?.$case).toBe('undecided');
  const undecided =
    'userferry_logins_total{outcome="undecided",source="custom_database",reason="LEGACY_STORE_UNREACHABLE"}';
  await expect.poll(() => valueOfSeries(undecided), WAIT).toBe(1);
});

it('a script that asks for what is ours is counted by the rule that stopped it', async () => {
  const { address, operatorKey, services } = world;
  const ours = [services.ports.migration, metricsPorts(world.lines).get('script-runner')];
  for (const port of ours) {
    const legacyUrl = `postgres://somebody:secret@127.0.0.1:${port}/ours`;
    using login = createLogin({ address, ...(await setUpCompany({ address, operatorKey, legacyUrl })) });
    expect(await login('ann@acme.example', 'x')).toMatchObject({ value: { reason: 'EGRESS_DENIED' } });
  }
  await expect.poll(() => valueOfSeries('userferry_egress_denials_total{rule="own_service"}'), WAIT).toBe(2);
});

it('an address that nobody was told of is on the list and counted as not pinned', async () => {
  await expect.poll(() => valueOfSeries('userferry_public_ips_unpinned'), WAIT).toBe(1);
  expect(await valueOfSeries('userferry_public_ips{state="pinned",region="*"}')).toBe(2);
  expect(await valueOfSeries('userferry_public_ips{state="observed",region="default"}')).toBe(1);
});

describe.skipIf(!hasPrometheus)('a real Prometheus', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = stack.use(await startPrometheus(metricsPorts(world.lines)));
  });

  const query = async (expr: string): Promise<number | undefined> => {
    const data = (await prometheus.api(`query?query=${encodeURIComponent(expr)}`).catch(() => undefined)) as
      | { result: { value: [number, string] }[] }
      | undefined;
    const [first] = data?.result ?? [];
    return first && Number(first.value[1]);
  };

  it('reads all four', async () => {
    await expect.poll(() => query('sum(up)'), WAIT).toBe(4);
    await expect.poll(() => query('count(count by (service) (userferry_build_info))'), WAIT).toBe(4);
  });

  it('knows of the logins', async () => {
    await expect.poll(() => query('sum(userferry_logins_total{outcome="authenticated"})'), WAIT).toBe(2);
    const { mail, password } = member(43);
    await world.login(mail, password);
    await expect.poll(() => query('sum(userferry_logins_total{outcome="authenticated"})'), WAIT).toBe(3);
  });

  it('evaluates every rule, and fires the alert of the address that nobody was told of', async () => {
    type Rules = { groups: { rules: { name: string; health: string; state?: string }[] }[] };
    const rules = async () => {
      const { groups } = (await prometheus.api('rules')) as Rules;
      return groups.flatMap((group) => group.rules);
    };
    await expect.poll(async () => (await rules()).filter(({ health }) => health !== 'ok'), WAIT).toEqual([]);
    const firing = async () => (await rules()).filter(({ state }) => state === 'firing').map(({ name }) => name);
    await expect.poll(firing, WAIT).toContain('UserferryPublicIpUnpinned');
  });
});
