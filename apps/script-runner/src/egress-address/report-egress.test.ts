import type { Logger } from '@userferry/process';
import { expect, it } from 'vitest';
import type { EgressReport } from '../clients/public-ips.ts';
import { createEgressReports } from './report-egress.ts';

type Told = EgressReport & { readonly replica: string };

/** Reports to replicas that take them, or do not. */
const world = (leaseMs: number, first: readonly string[]) => {
  const state = { addresses: first, replicas: ['one', 'two'], down: new Set<string>(), unpinned: [] as string[] };
  let held = Promise.resolve();
  const told: Told[] = [];
  const closed: string[] = [];
  const lines: { level: string; facts: Record<string, unknown> }[] = [];
  const write = (level: string) => (facts: Record<string, unknown>) => lines.push({ level, facts });
  const log = { info: write('info'), warn: write('warn'), error: write('error') } as unknown as Logger;
  let change: () => void = () => undefined;
  const reports = createEgressReports({
    runnerId: 'runner-1',
    region: 'eu',
    leaseMs,
    log,
    watch: {
      addresses: () => state.addresses,
      onChange: (listener) => {
        change = listener;
      },
    },
    replicas: async () => {
      await held;
      return state.replicas;
    },
    connect: (replica) => ({
      report: async (report) => {
        if (state.down.has(replica)) throw new Error('down');
        told.push({ ...report, replica });
        return state.unpinned;
      },
      [Symbol.dispose]: () => closed.push(replica),
    }),
  });
  const become = (addresses: readonly string[]) => {
    state.addresses = addresses;
    change();
  };
  const of = (replica: string) =>
    told.filter((each) => each.replica === replica).map(({ addresses }) => addresses.join());
  /** The replicas are not known before what it returns is called. */
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    return resolve;
  };
  return { state, told, closed, lines, reports, become, of, hold };
};

const HERE = '203.0.113.1';

it('tells every replica who it is, and again before the lease ends', async () => {
  const { told, of, reports } = world(600, [HERE]);
  await expect.poll(() => Math.min(of('one').length, of('two').length)).toBeGreaterThan(2);
  expect(told[0]).toEqual({ replica: 'one', runnerId: 'runner-1', region: 'eu', leaseMs: 600, addresses: [HERE] });
  reports[Symbol.dispose]();
});

it('tells of a change at once, and not of nothing before there was anything', async () => {
  const { told, of, become, reports } = world(600_000, []);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(told).toEqual([]);
  become([HERE]);
  await expect.poll(() => of('two')).toEqual([HERE]);
  become([]);
  await expect.poll(() => of('one')).toEqual([HERE, '']);
  reports[Symbol.dispose]();
});

it('tells a replica that was down when it is back, and the other meanwhile; one warning is enough', async () => {
  const { state, of, lines, reports } = world(600_000, [HERE]);
  state.down.add('two');
  await expect.poll(() => of('one').length, { timeout: 10_000 }).toBeGreaterThan(1);
  state.down.clear();
  await expect.poll(() => of('two').length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  reports[Symbol.dispose]();
});

it('tells a new replica with the next renewal, and lets go of one that is gone', async () => {
  const { state, of, closed, reports } = world(600, [HERE]);
  await expect.poll(() => of('two').length).toBeGreaterThan(0);
  state.replicas = ['one', 'three'];
  await expect.poll(() => of('three').length).toBeGreaterThan(0);
  expect(closed).toEqual(['two']);
  reports[Symbol.dispose]();
  expect(closed.sort()).toEqual(['one', 'three', 'two']);
});

it('shouts once about an address that the configured list lacks', async () => {
  const { state, of, lines, reports } = world(300, [HERE]);
  state.unpinned = [HERE];
  await expect.poll(() => of('one').length).toBeGreaterThan(3);
  expect(lines).toEqual([{ level: 'error', facts: { address: HERE } }]);
  reports[Symbol.dispose]();
});

it('shouts again when it has such an address anew, and not of one that is not ours', async () => {
  const { state, of, lines, become, reports } = world(300, [HERE]);
  state.unpinned = [HERE, '203.0.113.9'];
  const shouted = () => lines.map(({ facts }) => facts.address);
  await expect.poll(shouted).toEqual([HERE]);
  become([]);
  await expect.poll(() => of('one').at(-1)).toBe('');
  become([HERE]);
  await expect.poll(shouted).toEqual([HERE, HERE]);
  reports[Symbol.dispose]();
});

it('reports nothing any more, and opens nothing, once it is told to stop while it looks for the replicas', async () => {
  const { told, closed, reports, become, hold } = world(600_000, []);
  const go = hold();
  become([HERE]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  reports[Symbol.dispose]();
  go();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect({ told, closed }).toEqual({ told: [], closed: [] });
});
