import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PoolStoreServiceService } from '@userferry/contracts/migration/v1/pool_store_service';
import { ServiceError } from '@userferry/errors';
import { createServer, serviceTokenAuthenticate } from '@userferry/grpc';
import { findFreePort } from '@userferry/local-databases';
import {
  type ServiceLine,
  type ServiceName,
  type ServiceProcess,
  startServiceProcess,
} from '@userferry/local-services';
import { createLogger } from '@userferry/process';
import { startEchoServer, startStunServer } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curl, failure, listMethods } from './buf-curl.ts';

const TOKEN = 'a-service-token-of-forty-characters-or-so';
const SERVICE = '/userferry.publicip.v1.PublicIpService';
const PINNED = '192.0.2.1';
const EU = '203.0.113.1';
const US = '203.0.113.2';
const LEASE_MS = 9_000;
const DRAIN_MS = 6_000;

const stack = new AsyncDisposableStack();
const lines: ServiceLine[] = [];
const alive = new Set<ServiceProcess>();
let folder: string;
let ports: Readonly<Record<'one' | 'two' | 'http' | 'gateway', number>>;
/** What says to each region's runner where it comes from: two STUN servers and an echo endpoint. */
let sources: Readonly<Record<'eu' | 'us', Awaited<ReturnType<typeof startSources>>>>;

const startSources = async (address: string) => {
  const first = stack.use(await startStunServer({ address }));
  const second = stack.use(await startStunServer({ address, fingerprint: true }));
  const echo = stack.use(await startEchoServer(address));
  return { first, second, echo };
};

const start = async (name: ServiceName, env: Record<string, string>): Promise<ServiceProcess> => {
  const process = startServiceProcess({
    name,
    restart: false,
    onLine: (line) => lines.push(line),
    env: { PATH: globalThis.process.env.PATH ?? '', HOME: folder, USERFERRY_SERVICE_TOKEN: TOKEN, ...env },
  });
  alive.add(process);
  await process.ready();
  return process;
};

const noPool = async () => {
  throw new ServiceError('USER_POOL_NOT_FOUND', 'there is no such user pool');
};

/** All of our store that a gateway without users wants: that it serves, and takes its calls. */
const startStoreHealth = async (): Promise<string> => {
  const log = createLogger({ service: 'test', level: 'silent' });
  const authenticate = serviceTokenAuthenticate([TOKEN]);
  const pools = { definition: { getUserPool: PoolStoreServiceService.getUserPool }, handlers: { getUserPool: noPool } };
  const options = { host: '127.0.0.1', port: 0, services: [pools], authenticate, log, callMsMax: 5_000 };
  return `127.0.0.1:${stack.use(await createServer(options)).port}`;
};

const kill = (process: ServiceProcess | undefined) => {
  if (process?.pid !== undefined) globalThis.process.kill(process.pid, 'SIGKILL');
};

const replicas = () => `ipv4:127.0.0.1:${ports.one},127.0.0.1:${ports.two}`;

const startReplica = (which: 'one' | 'two', env = {}) =>
  start('public-ip-service', {
    USERFERRY_PUBLIC_IP_PORT: String(ports[which]),
    USERFERRY_PUBLIC_IP_STATE_FILE: join(folder, `${which}.json`),
    USERFERRY_PUBLIC_IP_PEERS: replicas(),
    USERFERRY_PUBLIC_IP_DRAIN_MS: String(DRAIN_MS),
    PUBLIC_IPS: PINNED,
    ...env,
  });

const startRunner = (region: 'eu' | 'us') => {
  const { first, second, echo } = sources[region];
  return start('script-runner', {
    USERFERRY_RUNNER_PORT: '0',
    USERFERRY_BLANK_HOSTS: '0',
    USERFERRY_REGION: region,
    USERFERRY_PUBLIC_IP_ADDRESS: replicas(),
    USERFERRY_EGRESS_STUN_SERVERS: `${first.address},${second.address}`,
    USERFERRY_EGRESS_ECHO_URLS: echo.url,
    USERFERRY_EGRESS_LOOK_MS: '1000',
    USERFERRY_EGRESS_LEASE_MS: String(LEASE_MS),
  });
};

const processes: Partial<Record<'one' | 'two' | 'eu' | 'us' | 'gateway', ServiceProcess>> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'userferry-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const [one, two, http, gateway] = await Promise.all(Array.from({ length: 4 }, findFreePort));
  ports = { one, two, http, gateway } as typeof ports;
  sources = { eu: await startSources(EU), us: await startSources(US) };
  stack.defer(async () => {
    await Promise.all([...alive].map((each) => each.stop()));
  });
  processes.one = await startReplica('one');
  processes.two = await startReplica('two');
  processes.gateway = await start('identity-gateway', {
    USERFERRY_GATEWAY_PORT: String(gateway),
    USERFERRY_HTTP_PORT: String(http),
    USERFERRY_MIGRATION_ADDRESS: await startStoreHealth(),
    USERFERRY_PUBLIC_IP_ADDRESS: replicas(),
  });
  [processes.eu, processes.us] = await Promise.all([startRunner('eu'), startRunner('us')]);
});
afterAll(() => stack.disposeAsync());

type Listed = { address: string; state: string; regions?: string[]; unpinned?: boolean; drainsUntil?: string };

/** What a replica says to a client that nobody here wrote: each address and the last word of its state. */
const listAt = async (which: 'one' | 'two', region = ''): Promise<Record<string, string>> => {
  const answer = await curl(ports[which], `${SERVICE}/ListPublicIps`, { key: TOKEN, data: JSON.stringify({ region }) });
  const { publicIps = [] } = JSON.parse(answer) as { publicIps?: Listed[] };
  return Object.fromEntries(publicIps.map(({ address, state }) => [address, state.split('_').at(-1) ?? '']));
};

const overHttp = (query = '', headers = {}) =>
  fetch(`http://127.0.0.1:${ports.http}/api/system/public-ips${query}`, { headers });

const WHILE = { timeout: 30_000, interval: 300 };
const ALL = { [PINNED]: 'PINNED', [EU]: 'OBSERVED', [US]: 'OBSERVED' };

describe('two runners in two regions, two replicas and a gateway', () => {
  it('agree on where scripts’ connections come from', async () => {
    await expect.poll(() => listAt('one'), WHILE).toEqual(ALL);
    await expect.poll(() => listAt('two'), WHILE).toEqual(ALL);
    expect(await listAt('one', 'us')).toEqual({ [PINNED]: 'PINNED', [US]: 'OBSERVED' });
    await expect.poll(async () => (await overHttp('?format=text')).text(), WHILE).toBe(`${PINNED}\n${EU}\n${US}\n`);
    expect(await (await overHttp('?format=text&region=eu')).text()).toBe(`${PINNED}\n${EU}\n`);
  });

  it('shout about addresses that are not pinned: at each replica once, and at the runner', async () => {
    const errors = (service: ServiceName) =>
      lines
        .filter((line) => line.service === service && line.facts?.level === 'error')
        .map(({ facts }) => facts?.address);
    await expect.poll(() => errors('script-runner').sort(), WHILE).toEqual([EU, US]);
    expect(errors('public-ip-service').sort()).toEqual([EU, EU, US, US]);
  });

  it('name their methods, and take reports only from who has the token', async () => {
    const methods = await listMethods(ports.one);
    for (const name of ['ListPublicIps', 'WatchPublicIps', 'ReportEgress'])
      expect(methods).toContain(`userferry.publicip.v1.PublicIpService/${name}`);
    const report = (address: string, key: string) => {
      const data = JSON.stringify({ runnerId: 'r', region: 'eu', addresses: [address], leaseMs: 5_000 });
      return failure(curl(ports.one, `${SERVICE}/ReportEgress`, { key, data }));
    };
    expect(await report('198.51.100.66', 'not-the-token')).toContain('unauthenticated');
    expect(await report('10.1.2.3', TOKEN)).toContain('addresses[0] is private');
    expect(await listAt('one')).toEqual(ALL);
  });

  it('believe no single liar', async () => {
    sources.eu.first.reply = { address: '198.51.100.66' };
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await listAt('one')).toEqual(ALL);
    sources.eu.first.reply = { address: EU };
  });
});

describe('a replica that is killed', () => {
  /** What changed in the lists of replicas since, as their logs say. */
  const addedSince = (from: number) =>
    lines.slice(from).flatMap(({ facts }) => (facts?.msg === 'the public ips changed' ? [facts.added] : []));

  it('is missed by nobody, and knows everything when it is back: from its file', async () => {
    const before = lines.length;
    kill(processes.one);
    for (let n = 0; n < 5; n += 1) expect((await overHttp()).status).toBe(200);
    expect(await listAt('two')).toEqual(ALL);
    processes.one = await startReplica('one', { USERFERRY_PUBLIC_IP_PEERS: '' });
    expect(await listAt('one')).toEqual(ALL);
    // Nothing is news to it: not even what the runners reported meanwhile.
    expect(addedSince(before)).toEqual([]);
  });

  it('… and without its file from the other', async () => {
    kill(processes.one);
    rmSync(join(folder, 'one.json'));
    const before = lines.length;
    processes.one = await startReplica('one');
    expect(await listAt('one')).toEqual(ALL);
    // Both at once, before any runner could report.
    expect(addedSince(before)).toEqual([[PINNED], [EU, US]]);
  });
});

/** How often the replicas' logs say that an address came into a state, or left. */
const told = (address: string, state: 'draining' | 'removed') =>
  lines.filter(({ facts }) => {
    if (facts?.msg !== 'the public ips changed') return false;
    const { states, removed } = facts as unknown as Record<'states' | 'removed', string[]>;
    return state === 'removed' ? removed.includes(address) : states.includes(`${address} ${state}`);
  }).length;

describe('an address', () => {
  it('that a runner no longer has drains, and its new one is told to who watches', async () => {
    const watched: string[] = [];
    const watch = promisify(execFile)(
      join(import.meta.dirname, '../../node_modules/.bin/buf'),
      [
        'curl',
        '--protocol',
        'grpc',
        '--http2-prior-knowledge',
        '-H',
        `authorization: Bearer ${TOKEN}`,
        '-d',
        '{}',
      ].concat(`http://127.0.0.1:${ports.two}${SERVICE}/WatchPublicIps`),
    );
    watch.child.stdout?.on('data', (part: Buffer) => watched.push(String(part)));
    watch.catch(() => undefined);
    try {
      await expect.poll(() => watched.join(''), WHILE).toContain('"list"');
      const moved = '2001:db8::1';
      sources.eu.first.reply = { address: moved };
      sources.eu.second.reply = { address: moved };
      sources.eu.echo.reply = EU;
      // IPv6 beside IPv4, of which the echo endpoint alone still speaks.
      await expect.poll(() => watched.join(''), WHILE).toContain(moved);
      expect(watched.join('')).toContain('"change"');
      expect(await listAt('two')).toMatchObject({ [moved]: 'OBSERVED', [EU]: 'OBSERVED' });
      sources.eu.echo.reply = moved;
      await expect.poll(() => [told(EU, 'draining'), told(EU, 'removed')], WHILE).toEqual([2, 2]);
      expect(await listAt('two')).toEqual({ [PINNED]: 'PINNED', [US]: 'OBSERVED', [moved]: 'OBSERVED' });
    } finally {
      watch.child.kill();
    }
  });

  it('whose runner was killed is observed while its lease lasts, drains, and is gone from every replica', async () => {
    kill(processes.us);
    expect((await listAt('one'))[US]).toBe('OBSERVED');
    await expect.poll(() => [told(US, 'draining'), told(US, 'removed')], WHILE).toEqual([2, 2]);
    for (const which of ['one', 'two'] as const) expect(await listAt(which)).not.toHaveProperty([US]);
    await expect.poll(async () => (await overHttp('?format=text')).text(), WHILE).not.toContain(US);
    expect(await (await overHttp('?region=us')).json()).toMatchObject({ statusCode: 404 });
  });
});

describe('the gateway', () => {
  it('goes on telling what was true, and says so, while there is no public-ip-service', async () => {
    const before = await (await overHttp()).json();
    kill(processes.one);
    kill(processes.two);
    await expect.poll(async () => (await overHttp()).headers.get('userferry-stale'), WHILE).toBe('true');
    const stale = await overHttp();
    expect(Number(stale.headers.get('age'))).toBeGreaterThanOrEqual(0);
    expect(await stale.json()).toEqual(before);
    await startReplica('one');
    await expect.poll(async () => (await overHttp()).headers.get('userferry-stale'), WHILE).toBe(null);
  });

  const hasCurl = spawnSync('curl', ['--version']).status === 0;

  it.runIf(hasCurl)('is understood by curl, which is not sent twice what it has', async () => {
    const etags = join(folder, 'etag');
    const ask = async () => {
      const options = ['-s', '-w', '%{http_code}', '--etag-save', etags, '--etag-compare', etags];
      const url = `http://127.0.0.1:${ports.http}/api/system/public-ips?format=text`;
      return (await promisify(execFile)('curl', [...options, url])).stdout;
    };
    expect(await ask()).toMatch(/^192\.0\.2\.1\n[\s\S]*\n200$/);
    expect(await ask()).toBe('304');
  });
});
