import { expect, it } from 'vitest';
import { lookupThreadsHere } from './config.ts';

it.each([
  ['4', 2],
  ['16', 8],
  ['5', 3],
  ['0', 1],
  ['many', 1],
  ['9999', 512],
])('of a thread pool of %s, libuv gives half to lookups: %i', (poolSize, threads) => {
  expect(lookupThreadsHere(poolSize)).toBe(threads);
});
