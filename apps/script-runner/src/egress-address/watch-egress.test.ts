import type { Logger } from '@userferry/process';
import { startEchoServer, startMetadataService, startStunServer } from '@userferry/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { egressSources } from './egress-sources.ts';
import { createEgressWatch } from './watch-egress.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

const HERE = '203.0.113.1';
const THERE = '203.0.113.2';

/** Two STUN servers, an echo endpoint and a cloud, all of which say the same at first. */
const world = async ({ configured = [] as string[], quorum = 2 } = {}) => {
  const stun = [
    stack.use(await startStunServer({ address: HERE })),
    stack.use(await startStunServer({ address: HERE })),
  ];
  const echo = stack.use(await startEchoServer(HERE));
  const metadata = stack.use(await startMetadataService('aws', { ipv4: HERE }));
  const lines: { level: string; facts: Record<string, unknown> }[] = [];
  const write = (level: string) => (facts: Record<string, unknown>) => lines.push({ level, facts });
  const log = { info: write('info'), warn: write('warn'), error: write('error') } as unknown as Logger;
  const sources = egressSources({
    stunServers: stun.map(({ port }) => ({ host: '127.0.0.1', port })),
    echoUrls: [new URL(echo.url)],
    clouds: ['aws'],
    metadataUrl: new URL(metadata.url),
  });
  const watch = stack.use(createEgressWatch({ configured, sources, quorum, lookMs: 50, log }));
  const changes: string[] = [];
  watch.onChange(() => changes.push(watch.addresses().join(' ')));
  const rounds = async (count: number) => {
    const end = (stun[0]?.requests.length ?? 0) + count;
    await expect.poll(() => stun[0]?.requests.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(end);
  };
  const [first, second] = stun as [(typeof stun)[0], (typeof stun)[0]];
  return { first, second, echo, watch, changes, lines, rounds };
};

it('finds the address, and its change when enough sources say so', async () => {
  const { first, second, echo, watch, changes } = await world({ quorum: 3 });
  await expect.poll(() => watch.addresses()).toEqual([HERE]);
  first.reply = { address: THERE };
  second.reply = { address: THERE };
  echo.reply = THERE;
  // The cloud still says the old one: both are told until it does not.
  await expect.poll(() => watch.addresses()).toEqual([HERE, THERE]);
  expect(changes).toEqual([HERE, `${HERE} ${THERE}`]);
});

it('believes no single liar, and says who it is once', async () => {
  const { first, watch, changes, lines, rounds } = await world();
  await expect.poll(() => watch.addresses()).toEqual([HERE]);
  first.reply = { address: '198.51.100.66' };
  await rounds(3);
  first.reply = { address: '198.51.100.67' };
  await rounds(3);
  expect(watch.addresses()).toEqual([HERE]);
  expect(changes).toEqual([HERE]);
  const warnings = lines.filter(({ level }) => level === 'warn');
  expect(warnings).toHaveLength(1);
  expect(JSON.stringify(warnings)).toContain('198.51.100.66');
});

it('goes on with what it believed while sources are silent, refuse or send garbage', async () => {
  const { first, second, echo, watch, rounds } = await world();
  await expect.poll(() => watch.addresses()).toEqual([HERE]);
  first.reply = { bytes: () => [Buffer.from('garbage'), Buffer.alloc(0)] };
  second.reply = 'refusal';
  echo.reply = '<html>Sign in to this network</html>';
  await rounds(1);
  expect(watch.addresses()).toEqual([HERE]);
  echo.reply = 500;
  await rounds(1);
  expect(watch.addresses()).toEqual([HERE]);
}, 60_000);

it('tells what is configured at once, and what is seen beside it, which is an error', async () => {
  const { watch, lines } = await world({ configured: ['192.0.2.1'] });
  expect(watch.addresses()).toEqual(['192.0.2.1']);
  await expect.poll(() => watch.addresses()).toEqual(['192.0.2.1', HERE]);
  expect(lines.filter(({ level }) => level === 'error').map(({ facts }) => facts)).toEqual([{ addresses: [HERE] }]);
});

it('asks nobody any more when it is over', async () => {
  const { first, watch, rounds } = await world();
  await rounds(1);
  watch[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = first.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(first.requests).toHaveLength(before);
});
