import { credentials, type ServiceError as GrpcError, Metadata, status } from '@grpc/grpc-js';
import {
  PublicIpServiceClient,
  PublicIpState,
  type WatchPublicIpsResponse,
} from '@userferry/contracts/publicip/v1/public_ip_service';
import { type CallFacts, createClient } from '@userferry/grpc';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPublicIpTable } from '../table/public-ip-table.ts';
import { startService, TOKEN } from '../testing/service-for-tests.ts';
import { watchPublicIps } from './watch-public-ips.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const metadata = new Metadata();
metadata.set('authorization', `Bearer ${TOKEN}`);

const start = async (...options: Parameters<typeof startService>) => {
  const { address } = stack.use(await startService(...options));
  const raw = new PublicIpServiceClient(address, credentials.createInsecure());
  stack.defer(() => raw.close());
  const client = stack.use(createClient(PublicIpServiceClient, { address, token: TOKEN }));
  const report = (runnerId: string, addresses: string[], region = 'eu') =>
    client.reportEgress(
      { runnerId, region, addresses, leaseMs: 60_000 },
      { requestId: 'request-1', deadlineMs: Date.now() + 20_000 },
    );
  /** What a watcher was told, in few words, and how it ended. */
  const watch = (region = '') => {
    const told: string[] = [];
    const stream = raw.watchPublicIps({ region }, metadata);
    const ended = new Promise<number>((resolve) => {
      stream.on('end', () => resolve(status.OK));
      stream.on('error', (error: GrpcError) => resolve(error.code));
    });
    stream.on('data', (each: WatchPublicIpsResponse) => told.push(inWords(each)));
    stack.defer(() => stream.cancel());
    return { told, stream, ended };
  };
  return { report, watch };
};

const SIGNS = { [PublicIpState.PINNED]: '!', [PublicIpState.OBSERVED]: '+', [PublicIpState.DRAINING]: '~' } as Record<
  number,
  string
>;

const inWords = ({ event }: WatchPublicIpsResponse): string => {
  if (event?.$case === 'list') return `list ${event.value.ips.join(' ')}`.trim();
  const changed = event?.value.changed.map(({ address, state }) => `${SIGNS[state]}${address}`) ?? [];
  return [...changed, ...(event?.value.removed.map((address) => `-${address}`) ?? [])].join(' ');
};

it('tells the present list first, then what changes in it', async () => {
  let nowMs = Date.now();
  const { report, watch } = await start({ pinned: [{ address: '192.0.2.1' }], drainMs: 10_000 }, () => nowMs);
  await report('a', ['203.0.113.1']);
  const { told } = watch();
  await expect.poll(() => told).toEqual(['list 192.0.2.1 203.0.113.1']);
  await report('a', ['203.0.113.1']);
  await report('b', ['203.0.113.2']);
  await expect.poll(() => told.at(-1)).toBe('+203.0.113.2');
  nowMs += 60_000;
  await expect.poll(() => told.at(-1)).toBe('~203.0.113.1 ~203.0.113.2');
  nowMs += 10_000;
  await expect.poll(() => told.at(-1)).toBe('-203.0.113.1 -203.0.113.2');
  expect(told).toHaveLength(4);
});

it('tells of one region what is of it', async () => {
  const { report, watch } = await start();
  await report('a', ['203.0.113.1'], 'eu');
  const { told } = watch('eu');
  await expect.poll(() => told).toEqual(['list 203.0.113.1']);
  await report('b', ['203.0.113.2'], 'us');
  await report('c', ['203.0.113.3'], 'eu');
  await expect.poll(() => told.at(-1)).toBe('+203.0.113.3');
  expect(told).toHaveLength(2);
});

it('of a region that nobody knows is refused', async () => {
  const { watch } = await start();
  expect(await watch('nowhere').ended).toBe(status.NOT_FOUND);
});

it('gives a slow watcher the difference to now, and not every step on the way', async () => {
  const rules = { pinned: [], drainMs: 0 };
  const table = createPublicIpTable({ rules, clock: () => 0, steady: () => 0, onChange: () => undefined });
  const call = { signal: new AbortController().signal } as CallFacts;
  const messages = watchPublicIps(table, { watchersMax: 1 })({ region: '' }, call)[Symbol.asyncIterator]();
  const next = async () => inWords((await messages.next()).value);
  expect(await next()).toBe('list');
  for (let n = 0; n < 250; n += 1) {
    const lease = { runnerId: 'a', region: 'eu', leaseMs: 60_000, expiresAtMs: 60_000 };
    table.report({ ...lease, addresses: [`203.0.113.${n}`] });
  }
  expect(await next()).toBe('+203.0.113.249');
  table.report({ runnerId: 'a', region: 'eu', leaseMs: 60_000, expiresAtMs: 60_000, addresses: [] });
  expect(await next()).toBe('-203.0.113.249');
});

it('has many watchers at once, and each is told', async () => {
  const { report, watch } = await start({ watchersMax: 300 });
  const watches = Array.from({ length: 300 }, () => watch());
  await expect.poll(() => watches.every(({ told }) => told.length === 1), { timeout: 20_000 }).toBe(true);
  await report('a', ['203.0.113.1']);
  await expect.poll(() => watches.every(({ told }) => told[1] === '+203.0.113.1'), { timeout: 20_000 }).toBe(true);
});

it('has a bound; who goes makes room', async () => {
  const { watch } = await start({ watchersMax: 2 });
  const [first, second] = [watch(), watch()];
  await expect.poll(() => [first.told.length, second.told.length]).toEqual([1, 1]);
  expect(await watch().ended).toBe(status.RESOURCE_EXHAUSTED);
  first.stream.cancel();
  await expect
    .poll(async () => {
      const next = watch();
      await Promise.race([next.ended, new Promise((resolve) => next.stream.once('data', resolve))]);
      return next.told.length;
    })
    .toBe(1);
});
