import { createLogger } from '@userferry/process';
import { expect, it } from 'vitest';
import { joinPeers } from './join-peers.ts';
import type { TableState } from './table-state.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const EMPTY: TableState = { leases: new Map(), entries: new Map(), updatedAtMs: 0 };

it('asks a peer that was not there until it has answered once, and the others once only', async () => {
  const asked: string[] = [];
  const merged: TableState[] = [];
  let up = false;
  const fetch = async (address: string) => {
    asked.push(address);
    if (address === 'late' && !up) throw new Error('not there');
    return EMPTY;
  };
  const merge = (theirs: TableState) => merged.push(theirs);
  using _ = await joinPeers({ peers: async () => ['here', 'late'], fetch, merge, log, retryMs: 20 });
  expect(merged).toHaveLength(1);
  await expect.poll(() => asked.filter((each) => each === 'late').length).toBeGreaterThan(2);
  up = true;
  await expect.poll(() => merged.length).toBe(2);
  const before = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(asked).toHaveLength(before);
  expect(asked.filter((each) => each === 'here')).toHaveLength(1);
});

it('stops asking when the service ends', async () => {
  let asked = 0;
  const fetch = async () => {
    asked += 1;
    throw new Error('not there');
  };
  const joined = await joinPeers({ peers: async () => ['gone'], fetch, merge: () => undefined, log, retryMs: 20 });
  joined[Symbol.dispose]();
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(asked).toBe(before);
});
