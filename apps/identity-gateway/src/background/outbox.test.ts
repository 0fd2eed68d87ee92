import { serveMetrics } from '@userferry/telemetry';
import { describe, expect, it } from 'vitest';
import { createOutbox } from './outbox.ts';

type Send = (items: readonly number[], sent: number) => Promise<readonly number[]>;

const createWorld = (send: Send, { capacity = 10, gatherMs = 0 } = {}) => {
  const batches: (readonly number[])[] = [];
  const warnings: { readonly dropped?: number }[] = [];
  const waits: number[] = [];
  const outbox = createOutbox<number>({
    what: 'numbers',
    name: 'script_runs',
    send: (items) => {
      batches.push(items);
      return send(items, batches.length);
    },
    batchMax: 3,
    gatherMs,
    capacity,
    log: { warn: (facts: object) => warnings.push(facts) } as never,
    wait: async (ms) => void waits.push(ms),
  });
  const settled = () => expect.poll(() => batches.length, { timeout: 5_000 });
  return { outbox, batches, warnings, waits, settled };
};

const taken = async () => [];

describe('an outbox', () => {
  it('sends in batches, in the order in which things came, after the call that left them', async () => {
    const { outbox, batches } = createWorld(taken);
    for (const item of [1, 2, 3, 4]) outbox.add(item);
    expect(batches).toEqual([]);
    await outbox[Symbol.asyncDispose]();
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('waits a while for a batch to fill, but not once it is full, nor when it stops', async () => {
    const { outbox, batches, settled } = createWorld(taken, { gatherMs: 3_600_000 });
    outbox.add(1);
    outbox.add(2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(batches).toEqual([]);
    outbox.add(3);
    await settled().toBe(1);
    outbox.add(4);
    await outbox[Symbol.asyncDispose]();
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('tries again when the store is away for a moment, and loses nothing', async () => {
    const { outbox, batches, waits, warnings, settled } = createWorld(async (_, sent) => {
      if (sent < 3) throw new Error('away');
      return [];
    });
    outbox.add(1);
    await settled().toBe(3);
    await outbox[Symbol.asyncDispose]();
    expect(batches).toEqual([[1], [1], [1]]);
    expect([waits, warnings]).toEqual([[100, 500], []]);
  });

  it('sends again what was not taken, and that alone', async () => {
    const { outbox, batches, warnings, settled } = createWorld(async (items) => items.filter((item) => item === 2));
    for (const item of [1, 2, 3]) outbox.add(item);
    await settled().toBe(4);
    await outbox[Symbol.asyncDispose]();
    expect(batches).toEqual([[1, 2, 3], [2], [2], [2]]);
    expect(warnings).toEqual([{ dropped: 1 }]);
  });

  it('gives up after a few tries and says how many were lost', async () => {
    const { outbox, batches, warnings, settled } = createWorld(() => Promise.reject(new Error('away')));
    for (const item of [1, 2]) outbox.add(item);
    await settled().toBe(4);
    await outbox[Symbol.asyncDispose]();
    expect(batches).toHaveLength(4);
    expect(warnings).toEqual([{ dropped: 2 }]);
  });

  it('drops the newest beyond its capacity and says how many', async () => {
    const { outbox, batches, warnings } = createWorld(taken, { capacity: 2 });
    for (const item of [1, 2, 3, 4, 5]) outbox.add(item);
    await outbox[Symbol.asyncDispose]();
    expect(batches).toEqual([[1, 2]]);
    expect(warnings).toEqual([{ dropped: 3 }]);
  });

  it('does not wait for a store that is away when it stops', async () => {
    const { outbox, batches, waits } = createWorld(() => Promise.reject(new Error('away')));
    outbox.add(1);
    await outbox[Symbol.asyncDispose]();
    expect([batches.length, waits]).toEqual([1, []]);
  });

  it('gives up the rest with the first batch that is not taken when it stops, and says how many were lost', async () => {
    const { outbox, batches, warnings } = createWorld(() => Promise.reject(new Error('away')));
    for (const item of [1, 2, 3, 4, 5, 6, 7]) outbox.add(item);
    await outbox[Symbol.asyncDispose]();
    expect(batches).toEqual([[1, 2, 3]]);
    expect(warnings).toEqual([{ dropped: 7 }]);
  });
});

it('what waits and what was dropped can be read as metrics, until the outbox is closed', async () => {
  await using server = await serveMetrics({ service: 'identity-gateway', host: '127.0.0.1', port: 0 });
  const metrics = async () => (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  const { promise: answer, resolve } = Promise.withResolvers<readonly number[]>();
  const { outbox } = createWorld(() => answer, { capacity: 2 });
  for (const item of [1, 2, 3, 4, 5]) outbox.add(item);
  await expect.poll(metrics).toContain('userferry_outbox_waiting{outbox="script_runs"} 2\n');
  expect(await metrics()).toContain('userferry_outbox_dropped_total{outbox="script_runs"} 3\n');
  resolve([]);
  await outbox[Symbol.asyncDispose]();
  expect(await metrics()).not.toMatch(/^userferry_outbox_waiting\{/m);
});
