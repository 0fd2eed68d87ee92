import { expect, it, vi } from 'vitest';
import { createConduct } from './conduct.ts';

it('a connection whose hosts live has no rest, and the whole of its share', () => {
  const conduct = createConduct();
  expect([conduct.restMs('a'), conduct.cpuShare('a')]).toEqual([0, 1]);
});

it('a host or two lost cost no rest; more in a row cost longer and longer ones, up to an end', () => {
  let now = 0;
  const conduct = createConduct(() => now);
  const rests = Array.from({ length: 8 }, () => {
    now += 100;
    conduct.hostLost('a');
    return conduct.restMs('a');
  });
  expect(rests.slice(0, 2)).toEqual([0, 0]);
  expect(rests.slice(2)).toEqual([...rests.slice(2)].sort((one, other) => one - other));
  expect(rests.at(-1)).toBe(2_000);
  expect(conduct.cpuShare('a')).toBe(0.05);
  expect([conduct.restMs('b'), conduct.cpuShare('b')]).toEqual([0, 1]);
});

it('what was lost is forgotten after a while without another', () => {
  let now = 0;
  const conduct = createConduct(() => now);
  for (let lost = 0; lost < 5; lost += 1) conduct.hostLost('a');
  now += 120_000;
  expect(conduct.restMs('a')).toBe(0);
  expect(conduct.cpuShare('a')).toBeGreaterThan(0.99);
  conduct.hostLost('a');
  expect(conduct.restMs('a')).toBe(0);
});

it('runs that burn their time cost processor time and no rest', () => {
  const conduct = createConduct(() => 0);
  for (let burnt = 0; burnt < 5; burnt += 1) conduct.timeBurnt('a');
  expect([conduct.restMs('a'), conduct.cpuShare('a')]).toEqual([0, 0.05]);
});

it('a rest is as long as it is, where the clock is set back meanwhile', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const conduct = createConduct();
  for (let lost = 0; lost < 5; lost += 1) conduct.hostLost('a');
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(2_000);
  expect(conduct.restMs('a')).toBe(0);
  vi.useRealTimers();
});
