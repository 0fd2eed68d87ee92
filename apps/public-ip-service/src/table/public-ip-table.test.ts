import { describe, expect, it } from 'vitest';
import type { Lease, TableRules } from './entry.ts';
import { ADDRESSES_MAX } from './make-room.ts';
import { createPublicIpTable, LEASES_MAX, type TableChange } from './public-ip-table.ts';
import { afterRestart, type TableState } from './table-state.ts';

const LEASE_MS = 60_000;
const DRAIN_MS = 3_600_000;

/** A table whose time is the test's. */
const tableAt = (startMs: number, rules: Partial<TableRules> = {}, known?: TableState) => {
  let nowMs = startMs;
  let steadyMs = 0;
  const changes: TableChange[] = [];
  const table = createPublicIpTable({
    rules: { pinned: [], drainMs: DRAIN_MS, ...rules },
    clock: () => nowMs,
    steady: () => steadyMs,
    known,
    onChange: (change) => changes.push(change),
  });
  const report = (runnerId: string, addresses: readonly string[], more: Partial<Lease> = {}) =>
    table.report({ runnerId, region: 'eu', addresses, leaseMs: LEASE_MS, expiresAtMs: nowMs + LEASE_MS, ...more });
  const at = (ms: number) => {
    steadyMs += ms - nowMs;
    nowMs = ms;
    return states();
  };
  /** Somebody sets the clock, ahead or back. */
  const jump = (ms: number) => {
    nowMs += ms;
    return states();
  };
  const states = () => Object.fromEntries([...table.state().entries].map(([address, { state }]) => [address, state]));
  return { table, report, at, jump, states, changes };
};

const manyAddresses = (size: number) => Array.from({ length: size }, (_, n) => `2001:db8::${n.toString(16)}`);

describe('an address', () => {
  it('is observed while a runner’s lease holds, drains after the last one left, and is gone then', () => {
    const { report, at, states } = tableAt(0);
    report('one', ['203.0.113.1']);
    expect(states()).toEqual({ '203.0.113.1': 'observed' });
    expect(at(LEASE_MS - 1)).toEqual({ '203.0.113.1': 'observed' });
    expect(at(LEASE_MS)).toEqual({ '203.0.113.1': 'draining' });
    expect(at(LEASE_MS + DRAIN_MS - 1)).toEqual({ '203.0.113.1': 'draining' });
    expect(at(LEASE_MS + DRAIN_MS)).toEqual({});
  });

  it('leaves at the moment it was due, however late somebody looks', () => {
    const { report, at, table, changes } = tableAt(0);
    report('one', ['203.0.113.1']);
    at(LEASE_MS + 1_000);
    expect(table.state().entries.get('203.0.113.1')).toMatchObject({
      sinceMs: LEASE_MS,
      drainsUntilMs: LEASE_MS + DRAIN_MS,
    });
    at(10 * DRAIN_MS);
    expect(table.state().updatedAtMs).toBe(LEASE_MS + DRAIN_MS);
    expect(changes.at(-1)?.removed).toEqual(['203.0.113.1']);
  });

  it('stays observed while one of two runners renews, and says since when it is', () => {
    const { report, at, table } = tableAt(0);
    report('one', ['203.0.113.1']);
    report('two', ['203.0.113.1'], { region: 'us' });
    expect(table.state().entries.get('203.0.113.1')).toMatchObject({ runners: 2, regions: ['eu', 'us'] });
    at(40_000);
    report('two', ['203.0.113.1'], { region: 'us', expiresAtMs: 100_000 });
    at(LEASE_MS);
    expect(table.state().entries.get('203.0.113.1')).toMatchObject({
      state: 'observed',
      sinceMs: 0,
      runners: 1,
      regions: ['us'],
    });
  });

  it('drains at once when its only runner reports another', () => {
    const { report, at, states } = tableAt(0);
    report('one', ['203.0.113.1', '2001:db8::1']);
    at(5_000);
    report('one', ['203.0.113.2', '2001:db8::1']);
    expect(states()).toEqual({ '2001:db8::1': 'observed', '203.0.113.1': 'draining', '203.0.113.2': 'observed' });
  });

  it('that comes back while it drains is observed again', () => {
    const { report, at, states, table } = tableAt(0);
    report('one', ['203.0.113.1']);
    at(LEASE_MS + 5);
    report('two', ['203.0.113.1']);
    expect(states()).toEqual({ '203.0.113.1': 'observed' });
    expect(table.state().entries.get('203.0.113.1')).toMatchObject({ sinceMs: LEASE_MS + 5 });
    expect(table.state().entries.get('203.0.113.1')).not.toHaveProperty('drainsUntilMs');
  });

  it('that drains for no time is gone at once', () => {
    const { report, at } = tableAt(0, { drainMs: 0 });
    report('one', ['203.0.113.1']);
    expect(at(LEASE_MS)).toEqual({});
  });

  it('that is pinned stays, used or not, and is no warning', () => {
    const { report, at, table } = tableAt(0, { pinned: [{ address: '203.0.113.1' }] });
    report('one', ['203.0.113.1']);
    expect(table.state().entries.get('203.0.113.1')).toMatchObject({
      state: 'pinned',
      runners: 1,
      regions: [],
      unpinned: false,
    });
    expect(at(LEASE_MS + 100 * DRAIN_MS)).toEqual({ '203.0.113.1': 'pinned' });
  });

  it('that is used and not pinned is marked when anything is pinned, and not when nothing is', () => {
    const pinned = tableAt(0, { pinned: [{ address: '203.0.113.1' }] });
    pinned.report('one', ['203.0.113.2']);
    expect(pinned.table.state().entries.get('203.0.113.2')).toMatchObject({ state: 'observed', unpinned: true });
    const bare = tableAt(0);
    bare.report('one', ['203.0.113.2']);
    expect(bare.table.state().entries.get('203.0.113.2')).toMatchObject({ unpinned: false });
  });

  it('that is pinned for a region is of that one and of those where it is used', () => {
    const { report, table } = tableAt(0, { pinned: [{ address: '203.0.113.1', region: 'us' }] });
    report('one', ['203.0.113.1'], { region: 'ap' });
    expect(table.state().entries.get('203.0.113.1')?.regions).toEqual(['ap', 'us']);
  });

  it('that is taken out of the configuration drains, too', () => {
    const before = tableAt(0, { pinned: [{ address: '203.0.113.1' }] });
    const after = tableAt(5_000, {}, afterRestart(before.table.state(), 5_000));
    expect(after.states()).toEqual({ '203.0.113.1': 'draining' });
    expect(after.at(5_000 + DRAIN_MS)).toEqual({});
  });
});

describe('a restart', () => {
  it('gives each lease half of its time once more, since nobody could renew it meanwhile', () => {
    const before = tableAt(0);
    before.report('one', ['203.0.113.1']);
    const later = 10 * DRAIN_MS;
    const after = tableAt(later, {}, afterRestart(before.table.state(), later));
    expect(after.at(later + LEASE_MS / 2 - 1)).toEqual({ '203.0.113.1': 'observed' });
    expect(after.table.state().entries.get('203.0.113.1')).toMatchObject({ sinceMs: 0 });
    const end = later + LEASE_MS / 2;
    expect(after.at(end)).toEqual({ '203.0.113.1': 'draining' });
    expect(after.changes.at(-1)?.changed).toMatchObject([{ address: '203.0.113.1', sinceMs: end }]);
  });

  it('believes a peer about what a runner reported meanwhile', () => {
    const before = tableAt(0);
    before.report('one', ['203.0.113.1']);
    const later = LEASE_MS;
    const peer = tableAt(later - LEASE_MS / 3);
    peer.report('one', ['203.0.113.2'], { expiresAtMs: later + (2 * LEASE_MS) / 3 });
    const after = tableAt(later, {}, afterRestart(before.table.state(), later));
    after.table.merge(peer.table.state());
    expect(after.states()).toEqual({ '203.0.113.1': 'draining', '203.0.113.2': 'observed' });
  });

  it('goes on with what was draining, by its own time', () => {
    const before = tableAt(0);
    before.report('one', ['203.0.113.1']);
    before.at(LEASE_MS);
    const saved = before.table.state();
    expect(tableAt(DRAIN_MS, {}, afterRestart(saved, DRAIN_MS)).states()).toEqual({ '203.0.113.1': 'draining' });
    const late = LEASE_MS + DRAIN_MS;
    const gone = tableAt(late, {}, afterRestart(saved, late));
    expect(gone.states()).toEqual({});
    expect(gone.changes.map(({ removed }) => removed)).toEqual([['203.0.113.1']]);
  });
});

describe('a clock that is set', () => {
  const JUMP_MS = 10 * DRAIN_MS;

  it('ahead takes no address out of the list that a runner uses and reports all along', () => {
    const { report, at, jump, changes } = tableAt(0);
    report('one', ['203.0.113.1']);
    at(20_000);
    report('one', ['203.0.113.1']);
    expect(jump(JUMP_MS)).toEqual({ '203.0.113.1': 'observed' });
    expect(at(JUMP_MS + 40_000)).toEqual({ '203.0.113.1': 'observed' });
    report('one', ['203.0.113.1']);
    expect(at(JUMP_MS + 99_000)).toEqual({ '203.0.113.1': 'observed' });
    expect(changes).toHaveLength(1);
  });

  it('gives a runner that is gone half of its lease once more, as a restart does, and no longer', () => {
    const { report, at, jump } = tableAt(0);
    report('one', ['203.0.113.1']);
    jump(JUMP_MS);
    expect(at(JUMP_MS + LEASE_MS / 2 - 1)).toEqual({ '203.0.113.1': 'observed' });
    expect(at(JUMP_MS + LEASE_MS / 2)).toEqual({ '203.0.113.1': 'draining' });
  });

  it.each([JUMP_MS, -JUMP_MS])('by %s ms has an address drain for as long as it would have', (jumpMs) => {
    const { report, at, jump, table } = tableAt(0);
    report('one', ['203.0.113.1']);
    at(LEASE_MS);
    expect(jump(jumpMs)).toEqual({ '203.0.113.1': 'draining' });
    expect(table.state().entries.get('203.0.113.1')).toMatchObject({ sinceMs: jumpMs + LEASE_MS });
    expect(at(jumpMs + LEASE_MS + DRAIN_MS - 1)).toEqual({ '203.0.113.1': 'draining' });
    expect(at(jumpMs + LEASE_MS + DRAIN_MS)).toEqual({});
  });

  it('back keeps no address of a runner that is gone on the list until that time comes again', () => {
    const { report, at, jump } = tableAt(0);
    report('one', ['203.0.113.1']);
    jump(-JUMP_MS);
    expect(at(-JUMP_MS + LEASE_MS / 2)).toEqual({ '203.0.113.1': 'draining' });
  });

  it('by so little that it may be drift changes nothing', () => {
    const { report, at, jump } = tableAt(0);
    report('one', ['203.0.113.1']);
    jump(900);
    expect(at(LEASE_MS - 1)).toEqual({ '203.0.113.1': 'observed' });
    expect(at(LEASE_MS)).toEqual({ '203.0.113.1': 'draining' });
  });
});

describe('two replicas', () => {
  it('know together what each of them knew', () => {
    const one = tableAt(0);
    one.report('a', ['203.0.113.1']);
    one.at(LEASE_MS);
    one.report('b', ['203.0.113.2'], { expiresAtMs: 2 * LEASE_MS });
    const other = tableAt(LEASE_MS);
    other.report('c', ['203.0.113.3'], { expiresAtMs: 2 * LEASE_MS });
    other.table.merge(one.table.state());
    expect(other.states()).toEqual({ '203.0.113.1': 'draining', '203.0.113.2': 'observed', '203.0.113.3': 'observed' });
    expect(other.table.state().entries.get('203.0.113.1')).toMatchObject({
      sinceMs: LEASE_MS,
      drainsUntilMs: LEASE_MS + DRAIN_MS,
    });
  });

  it('believe the later report of a runner', () => {
    const old = tableAt(0);
    old.report('a', ['203.0.113.1']);
    const young = tableAt(0);
    young.report('a', ['203.0.113.2'], { expiresAtMs: LEASE_MS + 5_000 });
    young.table.merge(old.table.state());
    expect(young.table.state().leases.get('a')?.addresses).toEqual(['203.0.113.2']);
    old.table.merge(young.table.state());
    expect(old.states()).toEqual({ '203.0.113.1': 'draining', '203.0.113.2': 'observed' });
  });

  it('keep a draining address as long as the one that saw it leave last', () => {
    const early = tableAt(0);
    early.report('a', ['203.0.113.1'], { expiresAtMs: 10_000 });
    early.at(70_000);
    const late = tableAt(0);
    late.report('a', ['203.0.113.1'], { expiresAtMs: 60_000 });
    late.at(70_000);
    early.table.merge(late.table.state());
    expect(early.table.state().entries.get('203.0.113.1')).toMatchObject({ drainsUntilMs: 60_000 + DRAIN_MS });
  });

  it('do not take over what only the other has pinned', () => {
    const other = tableAt(0, { pinned: [{ address: '203.0.113.9' }] });
    const one = tableAt(0);
    one.table.merge(other.table.state());
    expect(one.states()).toEqual({});
  });

  it('do not believe a clock that is ahead: no lease lasts longer than the longest that is given', () => {
    const ahead = tableAt(100 * DRAIN_MS);
    ahead.report('a', ['203.0.113.1'], { expiresAtMs: 100 * DRAIN_MS + LEASE_MS });
    const one = tableAt(0);
    one.table.merge(ahead.table.state());
    expect(one.at(3_600_000)).toEqual({ '203.0.113.1': 'draining' });
  });
});

describe('the table', () => {
  it('tells of a change once, and of a renewal never', () => {
    const { report, changes, at } = tableAt(0);
    expect(report('one', ['203.0.113.1'])).toBe(true);
    expect(report('one', ['203.0.113.1'])).toBe(false);
    at(1_000);
    expect(report('one', ['203.0.113.1'])).toBe(false);
    expect(report('two', ['203.0.113.1'])).toBe(true);
    expect(changes).toHaveLength(1);
  });

  it('has a bound for runners and one for addresses; those who are in it go on', () => {
    const { report } = tableAt(0);
    for (let n = 0; n < LEASES_MAX; n += 1) report(`runner-${n}`, []);
    expect(() => report('one-more', [])).toThrow('have reported');
    expect(report('runner-1', ['203.0.113.1'])).toBe(true);
    expect(() => report('runner-2', manyAddresses(ADDRESSES_MAX))).toThrow('more than');
  });

  it('that two replicas made longer than its bound for runners takes what those report, and nobody else', () => {
    const [one, other] = [tableAt(0), tableAt(0)];
    for (let n = 0; n < LEASES_MAX; n += 1) one.report(`one-${n}`, []);
    other.report('other', []);
    one.table.merge(other.table.state());
    expect(one.report('other', ['203.0.113.1'])).toBe(true);
    expect(() => one.report('one-more', [])).toThrow('have reported');
  });

  it('loses no address that a runner uses and goes on renewing, however full it is', () => {
    const before = tableAt(0);
    before.report('one', ['203.0.113.1']);
    const pinned = manyAddresses(ADDRESSES_MAX).map((address) => ({ address }));
    const { report, at } = tableAt(1_000, { pinned }, before.table.state());
    report('one', ['203.0.113.1']);
    expect(() => report('two', ['203.0.113.2'])).toThrow('more than');
    expect(at(LEASE_MS + 500)['203.0.113.1']).toBe('observed');
  });

  it('a runner whose address is on a full list goes on renewing, and a new runner’s address takes the place of the one that would have left first', () => {
    const { report, at, states } = tableAt(0);
    report('first', ['203.0.113.9'], { expiresAtMs: 10_000 });
    report('later', manyAddresses(ADDRESSES_MAX - 2), { expiresAtMs: 20_000 });
    report('one', ['203.0.113.1']);
    at(30_000);
    report('one', ['203.0.113.1'], { expiresAtMs: 90_000 });
    expect(Object.keys(states())).toHaveLength(ADDRESSES_MAX);
    report('two', ['203.0.113.2']);
    expect(Object.keys(states())).toHaveLength(ADDRESSES_MAX);
    expect(states()).not.toHaveProperty(['203.0.113.9']);
    expect(at(LEASE_MS + 500)).toMatchObject({ '203.0.113.1': 'observed', '203.0.113.2': 'observed' });
  });

  it('that the configuration made longer than its bound takes renewals, and comes back to it with the next new address', () => {
    const before = tableAt(0);
    before.report('gone', manyAddresses(990), { expiresAtMs: 10_000 });
    before.report('one', ['203.0.113.1']);
    before.at(20_000);
    const pinned = Array.from({ length: 20 }, (_, n) => ({ address: `192.0.2.${n}` }));
    const { report, at, states, changes } = tableAt(20_000, { pinned }, afterRestart(before.table.state(), 20_000));
    report('one', ['203.0.113.1'], { expiresAtMs: 80_000 });
    expect(at(LEASE_MS + 500)['203.0.113.1']).toBe('observed');
    expect(Object.keys(states())).toHaveLength(1_011);
    report('two', ['203.0.113.2']);
    expect(Object.keys(states())).toHaveLength(ADDRESSES_MAX);
    expect(changes.at(-1)).toMatchObject({ changed: [{ address: '203.0.113.2' }], removed: { length: 12 } });
  });

  it('of addresses that are all in use takes another of a known runner’s in place of its old one, and none besides', () => {
    const { report, states } = tableAt(0);
    report('many', manyAddresses(ADDRESSES_MAX - 1));
    report('one', ['203.0.113.1']);
    report('one', ['203.0.113.2']);
    expect(Object.keys(states())).toHaveLength(ADDRESSES_MAX);
    expect(states()).not.toHaveProperty(['203.0.113.1']);
    expect(() => report('two', ['203.0.113.3'])).toThrow('more than');
    expect(report('two', ['203.0.113.2'])).toBe(true);
    expect(Object.values(states())).toEqual(Array(ADDRESSES_MAX).fill('observed'));
  });

  it('wakes who waits for a change, and only then', async () => {
    const { report, table } = tableAt(0);
    const never = new AbortController();
    let woken = 0;
    const wait = () => table.changed(table.state(), never.signal).then(() => (woken += 1));
    const waits = Array.from({ length: 1_000 }, wait);
    report('one', []);
    await Promise.resolve();
    expect(woken).toBe(0);
    report('one', ['203.0.113.1']);
    await Promise.all(waits);
    expect(woken).toBe(1_000);
    const last = table.changed(table.state(), never.signal);
    never.abort();
    await last;
  });
});
