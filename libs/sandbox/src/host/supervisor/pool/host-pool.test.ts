import { afterEach, expect, it, vi } from 'vitest';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import { createConduct } from './conduct.ts';
import { createHostPool, type HostPoolLimits } from './host-pool.ts';
import { createWorkQueue } from './work-queue.ts';

afterEach(() => void vi.useRealTimers());

const LIMITS: HostPoolLimits = {
  maxHosts: 4,
  hostsBytesMax: 1e12,
  blankHosts: 0,
  hostsPerConnection: 1,
  runsPerHost: 1,
  idleMs: 60_000,
  maxAgeMs: 60_000,
  idleBytesMax: 1e9,
};

/** A host that is there and does nothing, and a nursery that gives the hosts it was given and is slow with others. */
const idleHost = (killed: string[]): IsolateHost => ({
  ready: Promise.resolve(),
  exited: new Promise(() => {}),
  alive: true,
  pid: 1,
  kill: (why) => void killed.push(why),
  runs: 0,
  begun: 0,
  bornAt: performance.now(),
  idleSince: performance.now(),
  doubtful: false,
  lost: false,
  residentBytes: 0,
  ownBytes: 0,
  setCpuShare: () => {},
  run: () => new Promise(() => {}),
  check: () => new Promise(() => {}),
});

const poolOf = (hosts: IsolateHost[], unborn: number, limits = LIMITS, failing = false) => {
  const ensured: number[] = [];
  const queue = createWorkQueue<IsolateHost>({ perConnection: 8, total: 64, waitMs: 60_000 });
  const nursery = {
    get size() {
      return hosts.length + unborn;
    },
    failing,
    hosts: { starting: [], blank: hosts },
    take: () => hosts.shift(),
    ensure: (count: number) => void ensured.push(count),
    first: async () => {},
    close: () => {},
  };
  const conduct = createConduct();
  const pool = createHostPool({ limits, nursery, queue, conduct });
  const wait = (connectionKey: string): void =>
    queue.add({ connectionKey, start: () => undefined, giveUp: () => undefined });
  return { pool, wait, queue, conduct, ensured, close: () => queue.close() };
};

it('an idle host stays with its connection while there is room for more, however slowly they are born', () => {
  const killed: string[] = [];
  const { pool, wait, close } = poolOf([idleHost(killed)], 2);
  wait('a');
  pool.serve();
  for (const key of ['b', 'c', 'd', 'e']) wait(key);
  pool.serve();
  expect(killed).toEqual([]);
  close();
});

it('an idle host makes room for another connection when there is none', () => {
  const killed: string[] = [];
  const { pool, wait, close } = poolOf(
    Array.from({ length: 4 }, () => idleHost(killed)),
    0,
  );
  for (const key of ['a', 'b', 'c', 'd', 'e']) wait(key);
  pool.serve();
  expect(killed).toEqual(['room was needed for another connection']);
  close();
});

it('those that come once give way among themselves: whoever came again and again keeps its host, rested as it may be', () => {
  const killed: string[] = [];
  const hosts = ['often', 'once', 'once more', 'last'].map((name, at) => {
    const host = { ...idleHost([]), idleSince: performance.now() - 9_000 + at * 1_000 };
    const kill = (): void => {
      killed.push(name);
      Object.assign(host, { alive: false });
    };
    return Object.assign(host, { kill });
  });
  const { pool, wait, close } = poolOf(hosts, 0);
  for (const key of ['often', 'often', 'often', 'once', 'once more', 'last', 'cold']) {
    wait(key);
    pool.serve();
  }
  expect(killed).toEqual(['once']);
  close();
});

it('a blank host for whoever comes next is not born beside the first run of the one that was taken', () => {
  const host = idleHost([]);
  const { pool, wait, ensured, close } = poolOf([host], 0, { ...LIMITS, blankHosts: 1 });
  wait('a');
  pool.serve();
  Object.assign(host, { runs: 1, begun: 1 });
  pool.serve();
  expect(ensured.at(-1)).toBe(0);
  wait('b');
  pool.serve();
  expect(ensured.at(-1)).toBe(1);
  Object.assign(host, { runs: 0 });
  pool.serve();
  expect(ensured.at(-1)).toBe(2);
  close();
});

it('a first run that takes long does not keep the next blank host from being born', () => {
  vi.useFakeTimers();
  const { pool, wait, ensured, close } = poolOf([idleHost([])], 0, { ...LIMITS, blankHosts: 1 });
  wait('a');
  pool.serve();
  vi.advanceTimersByTime(300);
  expect(ensured.at(-1)).toBe(1);
  close();
});

it('a host that gave way is replaced as soon as it is gone', async () => {
  const gone = Promise.withResolvers<string>();
  const host = Object.assign(idleHost([]), {
    exited: gone.promise,
    kill: () => void Object.assign(host, { alive: false }),
  });
  const { pool, wait, ensured, close } = poolOf([host], 0, { ...LIMITS, maxHosts: 1 });
  wait('warm');
  pool.serve();
  wait('cold');
  pool.serve();
  expect(ensured.at(-1)).toBe(0);
  gone.resolve('gone');
  await expect.poll(() => ensured.at(-1)).toBe(1);
  close();
});

it('however many wait, no more hosts give way than can be born soon: the others stay with their connections', () => {
  const killed: string[] = [];
  const hosts = Array.from({ length: 16 }, () => {
    const host = idleHost([]);
    return Object.assign(host, {
      kill: () => {
        killed.push('one');
        Object.assign(host, { alive: false });
      },
    });
  });
  const { pool, wait, close } = poolOf(hosts, 0, { ...LIMITS, maxHosts: 16 });
  for (let n = 0; n < 16; n += 1) wait(`warm ${n}`);
  pool.serve();
  for (let n = 0; n < 40; n += 1) wait(`cold ${n}`);
  for (let n = 0; n < 40; n += 1) pool.serve();
  expect(killed).toHaveLength(4);
  close();
});

it('the host that has rested longest makes room for a blank one before anybody asks', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const killed: string[] = [];
  const rested = (seconds: number) => ({
    ...idleHost([]),
    idleSince: performance.now() - seconds * 1000,
    kill: () => void killed.push(`rested for ${seconds} s`),
  });
  const hosts = [rested(3), rested(9), rested(0), rested(5)];
  const { pool, wait, close } = poolOf(hosts, 0, { ...LIMITS, blankHosts: 2 });
  for (const key of ['a', 'b', 'c', 'd']) wait(key);
  pool.serve();
  expect(killed).toEqual(['rested for 9 s']);
  close();
});

it('a host that rests is ended in time, where the clock is set back meanwhile', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const killed: string[] = [];
  const { pool, wait, close } = poolOf([idleHost(killed)], 0);
  wait('a');
  pool.serve();
  vi.setSystemTime(Date.now() - 3_600_000);
  pool.retire();
  expect(killed).toEqual([]);
  vi.advanceTimersByTime(LIMITS.idleMs + 1);
  pool.retire();
  expect(killed).toHaveLength(1);
  close();
});

it('a host that is still warm from its last run is not given up for a blank one', () => {
  const killed: string[] = [];
  const hosts = Array.from({ length: 4 }, () => idleHost(killed));
  const { pool, wait, close } = poolOf(hosts, 0, { ...LIMITS, blankHosts: 2 });
  for (const key of ['a', 'b', 'c', 'd']) wait(key);
  pool.serve();
  expect(killed).toEqual([]);
  close();
});

it('a host that was just taken leaves the processors to others, and has its own share at the next look', () => {
  const shares: number[] = [];
  const host = { ...idleHost([]), setCpuShare: (share: number) => void shares.push(share) };
  const { pool, wait, close } = poolOf([host], 0);
  wait('a');
  pool.serve();
  expect(shares).toEqual([]);
  pool.retire();
  expect(shares).toEqual([1]);
  close();
});

it('a connection that kills its hosts has one at a time', () => {
  const hosts = Array.from({ length: 4 }, () => ({ ...idleHost([]), runs: 1 }));
  const { pool, wait, conduct, close } = poolOf(hosts, 0, { ...LIMITS, hostsPerConnection: 2, runsPerHost: 2 });
  for (let burnt = 0; burnt < 3; burnt += 1) conduct.timeBurnt('bad');
  for (let n = 0; n < 6; n += 1) wait('good');
  pool.serve();
  expect(pool.hasItsShare('good')).toBe(false);
  for (let n = 0; n < 6; n += 1) wait('bad');
  pool.serve();
  expect(pool.hasItsShare('bad')).toBe(true);
  close();
});

it('a host that still holds much of what its last run had is not given the next one', () => {
  const killed: string[] = [];
  const full = { ...idleHost(killed), residentBytes: 2e9 };
  full.kill = (why) => {
    killed.push(why);
    Object.assign(full, { alive: false });
  };
  const started: IsolateHost[] = [];
  const fresh = idleHost(killed);
  const { pool, queue, close } = poolOf([full, fresh], 0, { ...LIMITS, hostsPerConnection: 2 });
  const work = { connectionKey: 'a', start: (host: IsolateHost) => void started.push(host), giveUp: () => undefined };
  queue.add({ ...work });
  pool.serve();
  queue.add({ ...work });
  pool.serve();
  close();
  expect([started, killed]).toEqual([[full, fresh], ['it holds too much memory']]);
});

it('where no host can be started, who has none is told so at once, who has one waits, and one is tried', () => {
  const told: string[] = [];
  const { pool, queue, ensured, close } = poolOf([{ ...idleHost([]), runs: 1 }], 0, LIMITS, true);
  const wait = (connectionKey: string): void => {
    const start = () => void told.push(`${connectionKey} began`);
    queue.add({ connectionKey, start, giveUp: (why) => told.push(`${connectionKey}: ${why}`) });
  };
  wait('a');
  pool.serve();
  wait('a');
  wait('b');
  pool.serve();
  expect(told).toEqual(['a began', 'b: no_hosts']);
  expect(queue.waitingKeys).toEqual(['a']);
  expect(ensured.every((count) => count >= 1)).toBe(true);
  close();
});

const MIB = 1024 * 1024;

it('no more hosts are started than their memory allows, however many there may be', () => {
  const limits = { ...LIMITS, maxHosts: 64, blankHosts: 8, hostsBytesMax: 400 * MIB };
  const hosts = [1, 2].map(() => ({ ...idleHost([]), runs: 1, ownBytes: 100 * MIB }));
  const { pool, wait, ensured, close } = poolOf(hosts, 0, limits);
  for (const key of ['a', 'b']) wait(key);
  pool.serve();
  pool.retire();
  pool.serve();
  // Two hold 202 MiB with what is kept of them here, so there is room for six of 33.
  expect(ensured.at(-1)).toBe(6);
  close();
});

it('where the memory is full, the host that has rested longest makes room for another connection', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const killed: string[] = [];
  const limits = { ...LIMITS, maxHosts: 64, hostsBytesMax: 230 * MIB };
  const hosts = ['a', 'b'].map((name, at) => ({
    ...idleHost([]),
    ownBytes: 100 * MIB,
    idleSince: performance.now() - at * 1_000,
    kill: () => void killed.push(name),
  }));
  const { pool, wait, close } = poolOf(hosts, 0, limits);
  for (const key of ['a', 'b']) wait(key);
  pool.serve();
  pool.retire();
  wait('c');
  pool.serve();
  expect(killed).toEqual(['b']);
  close();
});

it('hosts that have come to hold more than they may together give way, those with nothing to do alone', () => {
  const killed: string[] = [];
  const limits = { ...LIMITS, maxHosts: 64, hostsBytesMax: 250 * MIB };
  const hosts = ['busy', 'old', 'new'].map((name, at) => {
    const host = {
      ...idleHost([]),
      runs: at === 0 ? 1 : 0,
      ownBytes: 20 * MIB,
      idleSince: performance.now() - 10 + at,
    };
    return Object.assign(host, {
      kill: () => {
        killed.push(name);
        Object.assign(host, { alive: false });
      },
    });
  });
  const { pool, wait, close } = poolOf([...hosts], 0, limits);
  for (const key of ['a', 'b', 'c']) wait(key);
  pool.serve();
  pool.retire();
  expect(killed).toEqual([]);
  for (const host of hosts) host.ownBytes = 100 * MIB;
  pool.retire();
  expect(killed).toEqual(['old']);
  close();
});

it('a connection gets a host even where the memory is for none', () => {
  const { pool, wait, ensured, close } = poolOf([], 0, { ...LIMITS, hostsBytesMax: MIB });
  wait('a');
  pool.serve();
  expect(ensured.at(-1)).toBe(1);
  close();
});
