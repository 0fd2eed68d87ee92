import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  PublicIpServiceClient,
  PublicIpState,
  type ReportEgressRequest,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { createClient } from '@userferry/grpc';
import { startWebAnswers } from '@userferry/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startService, TOKEN, temporaryFolder } from './testing/service-for-tests.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const inTime = () => ({ requestId: 'request-1', deadlineMs: Date.now() + 5_000 });

const start = async (...options: Parameters<typeof startService>) => {
  const service = stack.use(await startService(...options));
  const client = stack.use(createClient(PublicIpServiceClient, { address: service.address, token: TOKEN }));
  const list = (region = '') => client.listPublicIps({ region, withLeases: false }, inTime());
  const report = (facts: Partial<ReportEgressRequest> = {}) =>
    client.reportEgress(
      { runnerId: 'runner-1', region: 'eu', addresses: ['203.0.113.1'], leaseMs: 60_000, ...facts },
      inTime(),
    );
  const states = async () => Object.fromEntries((await list()).publicIps.map(({ address, state }) => [address, state]));
  return { service, client, list, report, states };
};

const pin = (...addresses: string[]) => addresses.map((address) => ({ address }));

describe('the list', () => {
  it('has the configured addresses, sorted and each once', async () => {
    const { list } = await start({ pinned: pin('203.0.113.7', '192.0.2.1', '2001:db8::1', '192.0.2.1') });
    const { ips, updatedAt, publicIps } = await list();
    expect(ips).toEqual(['192.0.2.1', '2001:db8::1', '203.0.113.7']);
    expect(updatedAt).toBeInstanceOf(Date);
    expect(publicIps[0]).toMatchObject({ address: '192.0.2.1', state: PublicIpState.PINNED, regions: [], runners: 0 });
  });

  it('has what runners report, in one spelling', async () => {
    const { list, report } = await start();
    await report({ addresses: ['2001:DB8:0::5', '198.51.100.9', '::ffff:198.51.100.9'] });
    expect((await list()).ips).toEqual(['198.51.100.9', '2001:db8::5']);
  });

  it('is that of a region, with what is for every region', async () => {
    const { list, report } = await start({
      pinned: [{ address: '192.0.2.1' }, { address: '192.0.2.2', region: 'us' }],
    });
    await report({ region: 'eu' });
    expect((await list('eu')).ips).toEqual(['192.0.2.1', '203.0.113.1']);
    expect((await list('us')).ips).toEqual(['192.0.2.1', '192.0.2.2']);
    expect((await list()).regions).toEqual(['eu', 'us']);
  });

  it('of a region that nobody knows is refused, and never empty', async () => {
    const { list, report } = await start();
    await report();
    await expect(list('eu-typo')).rejects.toMatchObject({ reason: 'REGION_NOT_FOUND', metadata: { regions: 'eu' } });
  });
});

describe('a report', () => {
  it.each<readonly [string, Partial<ReportEgressRequest>, string]>([
    ['a private address', { addresses: ['203.0.113.1', '10.1.2.3'] }, 'addresses[1] is private'],
    ['loopback', { addresses: ['127.0.0.1'] }, 'addresses[0] is private'],
    ['a private IPv6 address', { addresses: ['fd00::1'] }, 'addresses[0] is private'],
    ['carrier-grade NAT', { addresses: ['100.64.1.1'] }, 'addresses[0] is private'],
    ['garbage', { addresses: ['not an address'] }, 'addresses[0] is no IPv4'],
    ['a port with it', { addresses: ['203.0.113.1:80'] }, 'addresses[0] is no IPv4'],
    ['an absurdly short lease', { leaseMs: 1 }, 'lease_ms must be 1000 to 3600000'],
    ['an absurdly long one', { leaseMs: 4_000_000_000 }, 'lease_ms must be'],
    ['no lease', { leaseMs: 0 }, 'lease_ms must be'],
    ['no runner', { runnerId: '' }, 'runner_id must be'],
    ['a runner of control characters', { runnerId: 'a\u0000b' }, 'runner_id must be'],
    ['no region', { region: '' }, 'region must be'],
    ['a region in capitals', { region: 'EU West' }, 'region must be'],
    ['a flood', { addresses: Array.from({ length: 33 }, (_, n) => `203.0.113.${n}`) }, 'addresses must be 32 at most'],
  ])('with %s is refused by name, and changes nothing', async (_, facts, message) => {
    const { list, report } = await start();
    await expect(report(facts)).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
    expect((await list()).ips).toEqual([]);
  });

  it('is taken only from who has the service token', async () => {
    const { service } = await start();
    for (const token of ['another-token-of-forty-characters-or-more', '']) {
      using stranger = createClient(PublicIpServiceClient, { address: service.address, token });
      const report = { runnerId: 'r', region: 'eu', addresses: ['203.0.113.1'], leaseMs: 60_000 };
      await expect(stranger.reportEgress(report, inTime())).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
    }
  });

  it('with no address takes the runner’s back', async () => {
    const { report, states } = await start();
    await report();
    await report({ addresses: [] });
    expect(await states()).toEqual({ '203.0.113.1': PublicIpState.DRAINING });
  });

  it('of an address that is not pinned is shouted about, once, and told to the runner', async () => {
    const { service, list, report } = await start({ pinned: pin('192.0.2.1') });
    expect((await report({ addresses: ['192.0.2.1', '203.0.113.5'] })).unpinned).toEqual(['203.0.113.5']);
    await report({ runnerId: 'runner-2', region: 'us', addresses: ['203.0.113.5'] });
    await report({ addresses: ['192.0.2.1'] });
    const errors = service.lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ facts }) => facts)).toEqual([{ address: '203.0.113.5', regions: ['eu'] }]);
    const unpinned = (await list()).publicIps.filter((each) => each.unpinned).map(({ address }) => address);
    expect(unpinned).toEqual(['203.0.113.5']);
    expect((await list()).ips).toContain('203.0.113.5');
  });

  it('that changes the list is one event and one call of the hook; a renewal is none', async () => {
    const { service, report } = await start();
    await report();
    await report();
    await report({ runnerId: 'runner-2' });
    expect(service.changes).toMatchObject([{ removed: [], changed: [{ address: '203.0.113.1', state: 'observed' }] }]);
    const events = service.lines.filter(({ msg }) => msg === 'the public ips changed');
    expect(events.map(({ facts }) => facts.added)).toEqual([['203.0.113.1']]);
  });
});

describe('time', () => {
  it('ends leases and drains while nobody asks, and tells of it', async () => {
    let nowMs = Date.now();
    const { service, report, states } = await start({ drainMs: 10_000 }, () => nowMs);
    await report();
    nowMs += 60_000;
    await expect.poll(() => service.changes.length).toBe(2);
    expect(await states()).toEqual({ '203.0.113.1': PublicIpState.DRAINING });
    nowMs += 10_000;
    await expect.poll(() => service.changes.at(-1)?.removed).toEqual(['203.0.113.1']);
    expect(await states()).toEqual({});
  });

  it('that somebody sets ends no lease and no drain, and the log says by how much it was set', async () => {
    let nowMs = Date.now();
    const { service, report, states } = await start({}, () => nowMs, performance.now.bind(performance));
    await report();
    nowMs += 172_800_000;
    await expect.poll(() => service.lines.find(({ level }) => level === 'warn')?.msg).toMatch(/^the clock was set/);
    expect(await states()).toEqual({ '203.0.113.1': PublicIpState.OBSERVED });
    expect(service.changes).toHaveLength(1);
  });
});

describe('a service that starts again', () => {
  it('knows what it knew, however it ended', async () => {
    using folder = temporaryFolder();
    const stateFile = join(folder.path, 'table.json');
    const first = await start({ stateFile });
    await first.report();
    // Not stopped first: what a report changed was on the disk before the runner had its answer.
    const second = await start({ stateFile });
    expect(await second.states()).toEqual({ '203.0.113.1': PublicIpState.OBSERVED });
    expect(second.service.changes).toEqual([]);
    await stack.disposeAsync();
  });

  it('with a damaged file says so and starts', async () => {
    using folder = temporaryFolder();
    const stateFile = join(folder.path, 'table.json');
    writeFileSync(stateFile, '{"version":1,');
    const { service, list } = await start({ stateFile, pinned: pin('192.0.2.1') });
    expect((await list()).ips).toEqual(['192.0.2.1']);
    expect(service.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    await stack.disposeAsync();
  });
});

describe('replicas', () => {
  it('that start among others know all before they answer anybody', async () => {
    const one = await start();
    const two = await start();
    await one.report({ runnerId: 'a', addresses: ['203.0.113.1'] });
    await two.report({ runnerId: 'b', addresses: ['203.0.113.2'] });
    const peers = `ipv4:${one.service.address},${two.service.address}`;
    const three = await start({ peers });
    expect((await three.list()).ips).toEqual(['203.0.113.1', '203.0.113.2']);
  });

  it('start without those that are not there', async () => {
    const one = await start();
    await one.report();
    const lonely = await start({ peers: `ipv4:${one.service.address},127.0.0.1:1` });
    expect((await lonely.list()).ips).toEqual(['203.0.113.1']);
    expect(lonely.service.lines.some(({ msg }) => msg === 'a peer does not answer yet')).toBe(true);
  });
});

describe('a webhook', () => {
  type Message = { readonly ips: string[]; readonly added: string[]; readonly removed: string[] };

  /** Answers with `status`, which a test may change; what it took with a 2xx is in `taken`, the rest in `refused`. */
  const startListener = async (status = 204) => {
    const listener = { status, taken: [] as Message[], refused: [] as Message[] };
    const { url } = stack.use(
      await startWebAnswers(async (request, response) => {
        let body = '';
        for await (const part of request) body += part;
        (listener.status < 300 ? listener.taken : listener.refused).push(JSON.parse(body));
        response.writeHead(listener.status).end();
      }),
    );
    const webhook = { url, secret: 'a-webhook-secret-of-forty-characters-or-so' };
    const stateFile = join(stack.use(temporaryFolder()).path, 'table.json');
    return { listener, config: { webhook, stateFile } };
  };

  const toldOf = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8')).told;

  it('is posted what a report changes', async () => {
    const { listener, config } = await startListener();
    const { report } = await start(config);
    await report();
    await expect.poll(() => listener.taken.map(({ added }) => added)).toEqual([['203.0.113.1']]);
  });

  it('a change that the listener had not taken when the service stopped is posted after the start, with the address in `added`', async () => {
    const { listener, config } = await startListener();
    const first = await start(config);
    await first.report();
    await expect.poll(() => listener.taken.length).toBe(1);
    listener.status = 503;
    await first.report({ addresses: ['203.0.113.1', '203.0.113.2'] });
    await expect.poll(() => listener.refused.length).toBeGreaterThan(0);
    await first.service[Symbol.asyncDispose]();
    listener.status = 204;
    await start(config);
    await expect.poll(() => listener.taken.length).toBe(2);
    const ips = ['203.0.113.1', '203.0.113.2'];
    expect(listener.taken[1]).toMatchObject({ ips, added: ['203.0.113.2'], removed: [] });
  });

  it('that never took anything is posted the whole list after the start', async () => {
    const { listener, config } = await startListener(503);
    const first = await start(config);
    await first.report();
    await expect.poll(() => listener.refused.length).toBeGreaterThan(0);
    await first.service[Symbol.asyncDispose]();
    listener.status = 204;
    await start(config);
    await expect.poll(() => listener.taken.map(({ added }) => added)).toEqual([['203.0.113.1']]);
  });

  it.each(['that took all', 'that is new to a service with a saved list'])(
    '%s is posted nothing at a start, and then only what is new',
    async (which) => {
      const { listener, config } = await startListener();
      const first = await start(which === 'that took all' ? config : { stateFile: config.stateFile });
      await first.report();
      if (which === 'that took all') await expect.poll(() => toldOf(config.stateFile)).toEqual(['203.0.113.1']);
      await first.service[Symbol.asyncDispose]();
      listener.taken.length = 0;
      const second = await start(config);
      await second.report({ addresses: ['203.0.113.1', '203.0.113.2'] });
      await expect.poll(() => listener.taken.map(({ added }) => added)).toEqual([['203.0.113.2']]);
    },
  );
});
