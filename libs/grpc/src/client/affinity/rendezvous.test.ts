import { describe, expect, it } from 'vitest';
import { inOrderOf, numberOf } from './rendezvous.ts';

const replicas = (count: number) =>
  Array.from({ length: count }, (_, n) => `10.0.${n}.7:7102`).map((address) => ({
    address,
    number: numberOf(address),
  }));
const keys = (count: number) => Array.from({ length: count }, (_, n) => `connection-${n}`);
const orderOf = (key: string, among: ReturnType<typeof replicas>) =>
  inOrderOf(key, among).map(({ address }) => address);

describe('the order in which a key asks for replicas', () => {
  it('is the same for whoever knows them, in whichever order they were told', () => {
    const all = replicas(7);
    for (const key of keys(100)) expect(orderOf(key, all.toReversed())).toEqual(orderOf(key, all));
  });

  it('changes by nothing but the replica that comes or goes', () => {
    const all = replicas(7);
    for (const { address } of all)
      for (const key of keys(100)) {
        const without = all.filter((each) => each.address !== address);
        expect(orderOf(key, without)).toEqual(orderOf(key, all).filter((each) => each !== address));
      }
  });

  it('gives each replica its part of the keys, as first and as second choice', () => {
    const all = replicas(10);
    for (const choice of [0, 1]) {
      const counts = new Map<string | undefined, number>();
      for (const key of keys(10_000)) {
        const address = orderOf(key, all)[choice];
        counts.set(address, (counts.get(address) ?? 0) + 1);
      }
      expect(counts.size).toBe(10);
      // Four standard deviations of what chance does.
      for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120);
    }
  });
});
