import { expect, it } from 'vitest';
import { createFullness } from './fullness.ts';

const MIB = 1024 * 1024;

it('a host is looked at again when it could have become too full since, and no sooner', () => {
  let now = 0;
  let looks = 0;
  let holds = 100 * MIB;
  const host = {
    get residentBytes() {
      looks += 1;
      return holds;
    },
  };
  const isFull = createFullness(256 * MIB, () => now);
  for (; now < 156; now += 1) expect(isFull(host)).toBe(false);
  expect(looks).toBe(1);
  holds = 300 * MIB;
  expect([isFull(host), isFull(host)]).toEqual([true, true]);
});
