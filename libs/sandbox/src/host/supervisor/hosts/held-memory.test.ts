import { expect, it } from 'vitest';
import { createMemoryLook, heldBy } from './held-memory.ts';

const lookAt = () => {
  const state = { begun: 0, idleSince: 0, underWay: 0, nowMs: 2_000, looks: 0 };
  const look = () => {
    state.looks += 1;
    return { residentBytes: state.looks, ownBytes: 0 };
  };
  const ask = createMemoryLook(
    look,
    state,
    () => state.underWay,
    () => state.nowMs,
  );
  return { state, held: () => ask().residentBytes };
};

it('a host that rests is looked at once for a while, and then again', () => {
  const { state, held } = lookAt();
  expect([held(), held(), held()]).toEqual([1, 1, 1]);
  state.nowMs = 6_000;
  expect([held(), held()]).toEqual([2, 2]);
});

it('one that has work is looked at each time', () => {
  const { state, held } = lookAt();
  Object.assign(state, { begun: 1, underWay: 1 });
  expect([held(), held()]).toEqual([1, 2]);
});

it('one whose last run has just ended is looked at each time', () => {
  const { state, held } = lookAt();
  Object.assign(state, { begun: 1, idleSince: 1_500 });
  expect([held(), held()]).toEqual([1, 2]);
});

it('one that has done something since is looked at anew', () => {
  const { state, held } = lookAt();
  expect(held()).toBe(1);
  state.begun = 1;
  expect([held(), held()]).toEqual([2, 2]);
});

it.runIf(process.platform === 'linux')('a process holds something of its own, one that is gone nothing', () => {
  const { residentBytes, ownBytes } = heldBy(process.pid);
  expect(ownBytes).toBeGreaterThan(0);
  expect(residentBytes).toBeGreaterThan(ownBytes);
  expect(heldBy(undefined)).toEqual({ residentBytes: 0, ownBytes: 0 });
});
